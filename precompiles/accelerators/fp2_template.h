/* Fp2 = Fp[u] / (u^2 + 1), which both pairing-friendly curves have, over fp_template.h.
 *
 * Additions cost as much as multiplications do, one call: so products are four multiplications and two additions, and
 * not three of the first with five of the second. */

typedef struct {
    fp c[2]; /* c[0] + c[1] u */
} fp2;

static inline void fp2_copy(fp2 *x, const fp2 *y) {
    fp_copy(&x->c[0], &y->c[0]);
    fp_copy(&x->c[1], &y->c[1]);
}

static inline void fp2_add(fp2 *x, const fp2 *y) {
    fp_add(&x->c[0], &y->c[0]);
    fp_add(&x->c[1], &y->c[1]);
}

static inline void fp2_subtract(fp2 *x, const fp2 *y) {
    fp_subtract(&x->c[0], &y->c[0]);
    fp_subtract(&x->c[1], &y->c[1]);
}

static inline void fp2_double(fp2 *x) { fp2_add(x, x); }

static inline void fp2_negate(fp2 *x) {
    fp_negate(&x->c[0]);
    fp_negate(&x->c[1]);
}

static inline void fp2_conjugate(fp2 *x) { fp_negate(&x->c[1]); }

static inline bool fp2_is_zero(const fp2 *x) { return fp_is_zero(&x->c[0]) && fp_is_zero(&x->c[1]); }

static inline bool fp2_equal(const fp2 *x, const fp2 *y) {
    return fp_equal(&x->c[0], &y->c[0]) && fp_equal(&x->c[1], &y->c[1]);
}

/* By a number of Fp. */
static inline void fp2_scale(fp2 *x, const fp *y) {
    fp_multiply(&x->c[0], y);
    fp_multiply(&x->c[1], y);
}

/* y must not be x: see fp2_square. */
static void fp2_multiply(fp2 *x, const fp2 *y) {
    fp cross, square;
    fp_copy(&cross, &x->c[0]);
    fp_copy(&square, &x->c[1]);
    fp_multiply(&x->c[0], &y->c[0]);
    fp_multiply(&square, &y->c[1]);
    fp_subtract(&x->c[0], &square);
    fp_multiply(&x->c[1], &y->c[0]);
    fp_multiply(&cross, &y->c[1]);
    fp_add(&x->c[1], &cross);
}

/* (a + b u)^2 = (a + b)(a - b) + 2 a b u. */
static void fp2_square(fp2 *x) {
    fp sum;
    fp_copy(&sum, &x->c[0]);
    fp_add(&sum, &x->c[1]);
    fp difference;
    fp_copy(&difference, &x->c[0]);
    fp_subtract(&difference, &x->c[1]);
    fp_multiply(&x->c[1], &x->c[0]);
    fp_double(&x->c[1]);
    fp_multiply(&difference, &sum);
    fp_copy(&x->c[0], &difference);
}

/* x <- x + y z. */
static void fp2_add_product(fp2 *x, const fp2 *y, const fp2 *z) {
    fp term;
    fp_copy(&term, &y->c[0]);
    fp_multiply(&term, &z->c[0]);
    fp_add(&x->c[0], &term);
    fp_copy(&term, &y->c[1]);
    fp_multiply(&term, &z->c[1]);
    fp_subtract(&x->c[0], &term);
    fp_copy(&term, &y->c[0]);
    fp_multiply(&term, &z->c[1]);
    fp_add(&x->c[1], &term);
    fp_copy(&term, &y->c[1]);
    fp_multiply(&term, &z->c[0]);
    fp_add(&x->c[1], &term);
}

/* x <- x / y: x times the conjugate of y, over the norm of y. False if y is zero. */
static bool fp2_divide(fp2 *x, const fp2 *y) {
    fp norm, term;
    fp_copy(&norm, &y->c[0]);
    fp_square(&norm);
    fp_copy(&term, &y->c[1]);
    fp_square(&term);
    fp_add(&norm, &term);
    fp_invert(&norm);
    fp2 product;
    fp_copy(&product.c[0], &x->c[1]);
    fp_multiply(&product.c[0], &y->c[1]);
    fp_copy(&product.c[1], &x->c[0]);
    fp_multiply(&product.c[1], &y->c[1]);
    fp2_scale(x, &y->c[0]);
    fp_add(&x->c[0], &product.c[0]);
    fp_subtract(&x->c[1], &product.c[1]);
    fp2_scale(x, &norm);
    return !fp_is_zero(&norm);
}
