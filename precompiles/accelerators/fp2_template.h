/* Fp2 = Fp[u] / (u^2 + 1), which both pairing-friendly curves have, over fp_template.h: a product, a sum and a
 * difference are one call each.
 *
 * A template: the header of a curve's field gives FP2_CALLS, the first call of its Fp2. Operands may be the same. */

typedef struct {
    fp c[2]; /* c[0] + c[1] u */
} fp2;

static inline void fp2_copy(fp2 *x, const fp2 *y) {
    fp_copy(&x->c[0], &y->c[0]);
    fp_copy(&x->c[1], &y->c[1]);
}

static inline void fp2_add(fp2 *x, const fp2 *y) {
    quire_fp2_call(FP2_CALLS + QUIRE_FP2_ADD, x->c[0].dwords, y->c[0].dwords);
}

static inline void fp2_subtract(fp2 *x, const fp2 *y) {
    quire_fp2_call(FP2_CALLS + QUIRE_FP2_SUBTRACT, x->c[0].dwords, y->c[0].dwords);
}

static inline void fp2_multiply(fp2 *x, const fp2 *y) {
    quire_fp2_call(FP2_CALLS + QUIRE_FP2_MULTIPLY, x->c[0].dwords, y->c[0].dwords);
}

static inline void fp2_square(fp2 *x) { fp2_multiply(x, x); }

static inline void fp2_double(fp2 *x) { fp2_add(x, x); }

static inline void fp2_negate(fp2 *x) {
    fp2 value = {{{{0}}, {{0}}}};
    fp2_subtract(&value, x);
    fp2_copy(x, &value);
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

/* x <- x + y z. */
static inline void fp2_add_product(fp2 *x, const fp2 *y, const fp2 *z) {
    fp2 term;
    fp2_copy(&term, y);
    fp2_multiply(&term, z);
    fp2_add(x, &term);
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
    fp2 conjugate;
    fp2_copy(&conjugate, y);
    fp2_conjugate(&conjugate);
    fp2_multiply(x, &conjugate);
    fp2_scale(x, &norm);
    return !fp_is_zero(&norm);
}
