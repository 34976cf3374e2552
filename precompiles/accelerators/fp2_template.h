/* Fp2 = Fp[u] / (u^2 + 1), which both pairing-friendly curves have, over fp_template.h: a product, a sum and a
 * difference are one call each.
 *
 * A template: the header of a curve's field gives FP2_CALLS, the first call of its Fp2. Operands may be the same. */

typedef struct {
    fp c[2]; /* c[0] + c[1] u */
} fp2;

static const fp2 fp2_minus_one = {{{{FP_MINUS_ONE}}, {{0}}}}, fp2_i = {{{{0}}, {{1}}}};

static __attribute__((noinline)) void fp2_copy(fp2 *x, const fp2 *y) { __builtin_memcpy_inline(x, y, sizeof *x); }

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

static inline void fp2_negate(fp2 *x) { fp2_multiply(x, &fp2_minus_one); }

static inline void fp2_conjugate(fp2 *x) { fp_negate(&x->c[1]); }

static inline bool fp2_is_zero(const fp2 *x) { return fp_are_zero(x->c, 2); }

static inline bool fp2_equal(const fp2 *x, const fp2 *y) { return fp_are_equal(x->c, y->c, 2); }

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

/* x <- x / y: x times the conjugate of y, over the norm of y, the product of both. False if y is zero. */
static bool fp2_divide(fp2 *x, const fp2 *y) {
    fp2 conjugate, norm;
    fp2_copy(&conjugate, y);
    fp2_conjugate(&conjugate);
    fp2_copy(&norm, &conjugate);
    fp2_multiply(&norm, y);
    fp_invert(&norm.c[0]);
    fp2_multiply(x, &conjugate);
    fp2_multiply(x, &norm);
    return !fp_is_zero(&norm.c[0]);
}
