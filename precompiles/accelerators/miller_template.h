/* The Miller loop of an optimal ate pairing in affine coordinates, over fp12_template.h, for several pairs at once.
 *
 * Lines are divided by what lies in a proper subfield of Fp12, since the final exponentiation maps that to 1: so that of
 * a line at P is 1 + b w^LINE_EXPONENT + c w^3 with b = -slope x_P / y_P and c = (slope x_T - y_T) / y_P, or both over
 * xi, depending on how the curve's twist comes to Fp12. The curve's header says so by line_finish.
 *
 * T runs from Q to a multiple of Q. A slope with a divisor of zero cannot come up where Q has the order of G2: then what
 * the loop makes of Q is not used, and the functions say false. */

typedef struct {
    fp minus_x_over_y, one_over_y; /* of P; both 0 for an infinite P, at which every line is 1 */
    fp2 x, y;                      /* of Q, not infinite */
    fp2 running_x, running_y;      /* of T */
} miller_pair;

typedef struct {
    fp2 b, c, b_wrapped, c_wrapped; /* wrapped: times xi, for where w^6 comes up */
} miller_line;

/* From b and c as above. */
static void line_finish(miller_line *line);

static void miller_begin(miller_pair *pair, const g1_point *p, const g2_point *q) {
    fp_copy(&pair->minus_x_over_y, &fp_zero);
    fp_copy(&pair->one_over_y, &fp_zero);
    if (!p->is_infinite) {
        fp_copy(&pair->one_over_y, &p->y);
        fp_invert(&pair->one_over_y);
        fp_subtract(&pair->minus_x_over_y, &p->x);
        fp_multiply(&pair->minus_x_over_y, &pair->one_over_y);
    }
    fp2_copy(&pair->x, &q->x);
    fp2_copy(&pair->y, &q->y);
    fp2_copy(&pair->running_x, &q->x);
    fp2_copy(&pair->running_y, &q->y);
}

/* f <- f (1 + b w^LINE_EXPONENT + c w^3). */
static void fp12_multiply_by_line(fp12 *f, const miller_line *line) {
    fp12 product;
    fp12_copy(&product, f);
    for (int i = 0; i < LINE_EXPONENT; i++) {
        fp2_add_product(&product.c[i], &line->b_wrapped, &f->c[i + FP12_DEGREE - LINE_EXPONENT]);
    }
    for (int i = LINE_EXPONENT; i < FP12_DEGREE; i++) {
        fp2_add_product(&product.c[i], &line->b, &f->c[i - LINE_EXPONENT]);
    }
    for (int i = 0; i < 3; i++) {
        fp2_add_product(&product.c[i], &line->c_wrapped, &f->c[i + 3]);
        fp2_add_product(&product.c[i + 3], &line->c, &f->c[i]);
    }
    fp12_copy(f, &product);
}

/* Multiplies f by the line through T with this slope, and goes on to minus its third point. second_x is the other point's. */
static void miller_follow(fp12 *f, miller_pair *pair, const fp2 *slope, const fp2 *second_x) {
    miller_line line;
    fp2 x, at_zero; /* slope x_T - y_T: minus the y at which the line passes x = 0 */
    fp2_copy(&at_zero, slope);
    fp2_multiply(&at_zero, &pair->running_x);
    fp2_subtract(&at_zero, &pair->running_y);
    fp2_copy(&line.b, slope);
    fp2_scale(&line.b, &pair->minus_x_over_y);
    fp2_copy(&line.c, &at_zero);
    fp2_scale(&line.c, &pair->one_over_y);
    line_finish(&line);
    fp12_multiply_by_line(f, &line);
    fp2_copy(&x, slope);
    fp2_square(&x);
    fp2_subtract(&x, &pair->running_x);
    fp2_subtract(&x, second_x);
    fp2_copy(&pair->running_x, &x);
    fp2_multiply(&x, slope);
    fp2_subtract(&at_zero, &x);
    fp2_copy(&pair->running_y, &at_zero);
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
