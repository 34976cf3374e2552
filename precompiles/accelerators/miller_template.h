/* The Miller loop of an optimal ate pairing in affine coordinates, over fp12_template.h, for several pairs at once.
 *
 * A line may be multiplied by what lies in a proper subfield of Fp12, since the final exponentiation maps that to 1: that of
 * a line at P is y_P + b w^LINE_EXPONENT + c w^3 with b = -slope x_P and c = slope x_T - y_T, where the curve's twist comes to
 * Fp12 by (x w^2, y w^3); where it comes by (x / w^2, y / w^3), it is that with xi y_P, as 1 / w is w^5 / xi, and 1 / w^3 is
 * w^3 / xi. The curve's file gives line_constant. No product of it is saved: a product of Fp12 is one call, whatever is zero in it.
 *
 * T runs from Q to a multiple of Q. A slope with a divisor of zero cannot come up where Q has the order of G2: then what
 * the loop makes of Q is not used, and the functions say false. */

typedef struct {
    fp minus_x;               /* of P */
    bool is_infinite;         /* P is: every line at it is 1 */
    fp2 x, y;                 /* of Q, not infinite */
    fp2 running_x, running_y; /* of T */
    fp12 line;                /* at P; but for three coefficients it stays zero, and its constant stays what it is */
} miller_pair;

/* The constant coefficient of lines at P, from its y. */
static void line_constant(fp2 *constant, const fp *y);

static void miller_begin(miller_pair *pair, const g1_point *p, const g2_point *q) {
    *pair = (miller_pair){.is_infinite = p->is_infinite};
    fp_subtract(&pair->minus_x, &p->x);
    line_constant(&pair->line.c[0], &p->y);
    fp2_copy(&pair->x, &q->x);
    fp2_copy(&pair->y, &q->y);
    fp2_copy(&pair->running_x, &q->x);
    fp2_copy(&pair->running_y, &q->y);
}

/* Multiplies f by the line through T with this slope, and goes on to minus its third point. second_x is the other point's. */
static void miller_follow(fp12 *f, miller_pair *pair, const fp2 *slope, const fp2 *second_x) {
    fp2 x, *at_zero = &pair->line.c[3]; /* slope x_T - y_T: minus the y at which the line passes x = 0 */
    fp2_copy(at_zero, slope);
    fp2_multiply(at_zero, &pair->running_x);
    fp2_subtract(at_zero, &pair->running_y);
    if (!pair->is_infinite) {
        fp2_copy(&pair->line.c[LINE_EXPONENT], slope);
        fp2_scale(&pair->line.c[LINE_EXPONENT], &pair->minus_x);
        fp12_multiply(f, &pair->line);
    }
    fp2_copy(&x, slope);
    fp2_square(&x);
    fp2_subtract(&x, &pair->running_x);
    fp2_subtract(&x, second_x);
    fp2_copy(&pair->running_x, &x);
    fp2_multiply(&x, slope);
    fp2_copy(&pair->running_y, at_zero);
    fp2_subtract(&pair->running_y, &x);
}

/* T <- 2 T. */
static bool miller_double(fp12 *f, miller_pair *pair) {
    fp2 slope, x;
    fp2_copy(&slope, &pair->running_x); /* (3/2 x^2) / y */
    fp2_square(&slope);
    fp2_scale(&slope, &three_halves);
    if (!fp2_divide(&slope, &pair->running_y)) {
        return false;
    }
    fp2_copy(&x, &pair->running_x);
    miller_follow(f, pair, &slope, &x);
    return true;
}

/* T <- T + (x, y). */
static bool miller_add(fp12 *f, miller_pair *pair, const fp2 *x, const fp2 *y) {
    fp2 slope, run;
    fp2_copy(&slope, y);
    fp2_subtract(&slope, &pair->running_y);
    fp2_copy(&run, x);
    fp2_subtract(&run, &pair->running_x);
    if (!fp2_divide(&slope, &run)) {
        return false;
    }
    miller_follow(f, pair, &slope, x);
    return true;
}

static bool miller_add_or_subtract_q(fp12 *f, miller_pair *pair, int digit) {
    fp2 y;
    fp2_copy(&y, &pair->y);
    if (digit < 0) {
        fp2_negate(&y);
    }
    return miller_add(f, pair, &pair->x, &y);
}

/* f, 1 before, takes the lines of all pairs; T becomes e Q with e = sum digits[i] 2^i, digits 0, 1 and -1, the last 1.
 * False if a Q has not the order of G2; not always true if it has not. */
static bool miller_loop(fp12 *f, miller_pair *pairs, size_t num_pairs, const int8_t *digits, int num_digits) {
    for (int i = num_digits - 2; i >= 0; i--) {
        fp12_square(f);
        for (size_t k = 0; k < num_pairs; k++) {
            if (!miller_double(f, &pairs[k]) || (digits[i] && !miller_add_or_subtract_q(f, &pairs[k], digits[i]))) {
                return false;
            }
        }
    }
    return true;
}
