/* The Miller loop of an optimal ate pairing in affine coordinates, over fp12_template.h, for several pairs at once.
 *
 * A line may be multiplied by what lies in a proper subfield of Fp12, since the final exponentiation maps that to 1: that of
 * a line at P is y_P + b w^LINE_EXPONENT + c w^3 with b = -slope x_P and c = slope x_T - y_T, where the curve's twist comes to
 * Fp12 by (x w^2, y w^3); where it comes by (x / w^2, y / w^3), it is that with xi y_P, as 1 / w is w^5 / xi, and 1 / w^3 is
 * w^3 / xi. The curve's file gives line_constant. No product of it is saved: a product of Fp12 is one call, whatever is zero in it.
 *
 * T runs from Q to a multiple of Q; adding is one call, which gives the line's slope. That a point without one would be added
 * cannot come up where Q has the order of G2: then what the loop makes of Q is not used, and the functions say false. */

typedef struct {
    fp minus_x;               /* of P */
    bool is_infinite;         /* P is: every line at it is 1 */
    fp2 x, y;                 /* of Q, not infinite, as calls have points */
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

/* Of the line, before it is that at P. */
static inline fp2 *miller_slope(miller_pair *pair) { return &pair->line.c[LINE_EXPONENT]; }

/* Multiplies f by the line through minus the new T, its third point, whose slope stands where the line has its own. */
static void miller_follow(fp12 *f, miller_pair *pair) {
    fp2 *slope = miller_slope(pair), *at_zero = &pair->line.c[3]; /* slope x_T + y_T: minus the y at which it passes x = 0 */
    if (!pair->is_infinite) {
        fp2_copy(at_zero, slope);
        fp2_multiply(at_zero, &pair->running_x);
        fp2_add(at_zero, &pair->running_y);
        fp2_scale(slope, &pair->minus_x);
        fp12_multiply(f, &pair->line);
    }
}

/* T <- 2 T. The order of the curve is odd: no y is 0. */
static void miller_double(fp12 *f, miller_pair *pair) {
    quire_g2_double(G2_CALLS, pair->running_x.c[0].dwords, miller_slope(pair)->c[0].dwords);
    miller_follow(f, pair);
}

/* T <- T + Q', whose y lies behind its x. All coordinates are reduced: so there is a slope unless both x are the same. */
static bool miller_add(fp12 *f, miller_pair *pair, const fp2 *x) {
    if (fp2_equal(x, &pair->running_x)) {
        return false;
    }
    quire_g2_add(G2_CALLS, pair->running_x.c[0].dwords, x->c[0].dwords, miller_slope(pair)->c[0].dwords);
    miller_follow(f, pair);
    return true;
}

static bool miller_add_or_subtract_q(fp12 *f, miller_pair *pair, int digit) {
    fp2 minus[2];
    if (digit > 0) {
        return miller_add(f, pair, &pair->x);
    }
    fp2_copy(&minus[0], &pair->x);
    fp2_copy(&minus[1], &pair->y);
    fp2_negate(&minus[1]);
    return miller_add(f, pair, &minus[0]);
}

/* f, 1 before, takes the lines of all pairs; T becomes e Q with e = sum digits[i] 2^i, digits 0, 1 and -1, the last 1.
 * False if a Q has not the order of G2; not always true if it has not. */
static bool miller_loop(fp12 *f, miller_pair *pairs, size_t num_pairs, const int8_t *digits, int num_digits) {
    for (int i = num_digits - 2; i >= 0; i--) {
        fp12_square(f);
        for (size_t k = 0; k < num_pairs; k++) {
            miller_double(f, &pairs[k]);
            if (digits[i] && !miller_add_or_subtract_q(f, &pairs[k], digits[i])) {
                return false;
            }
        }
    }
    return true;
}
