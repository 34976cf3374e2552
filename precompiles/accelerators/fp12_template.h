/* Fp12 = Fp2[w] / (w^6 - xi), over fp2_template.h: polynomials in w of six coefficients. A product is one call.
 *
 * A template: the header of a curve's field gives FP12_MULTIPLY, the call, and the constants frobenius[i] = xi^(i (p - 1) / 6)
 * of Fp2 and frobenius_twice[i] = xi^(i (p^2 - 1) / 6) of Fp; the curve's header fp2_multiply_by_xi. */

#define FP12_DEGREE 6

typedef struct {
    fp2 c[FP12_DEGREE];
} fp12;

static const fp12 fp12_one = {{{{{{1}}}}}};

static void fp12_copy(fp12 *x, const fp12 *y) {
    for (int i = 0; i < FP12_DEGREE; i++) {
        __builtin_memcpy_inline(&x->c[i], &y->c[i], sizeof x->c[i]);
    }
}

static bool fp12_is_one(const fp12 *x) {
    for (int i = 1; i < FP12_DEGREE; i++) {
        if (!fp2_is_zero(&x->c[i])) {
            return false;
        }
    }
    return fp2_equal(&x->c[0], &fp12_one.c[0]);
}

/* And not 0: then x is 1 modulo Fp6. */
static bool fp12_is_in_fp6(const fp12 *x) {
    for (int i = 1; i < FP12_DEGREE; i += 2) {
        if (!fp2_is_zero(&x->c[i])) {
            return false;
        }
    }
    return !fp2_is_zero(&x->c[0]) || !fp2_is_zero(&x->c[2]) || !fp2_is_zero(&x->c[4]);
}

/* x <- x y, which may be the same. */
static void fp12_multiply(fp12 *x, const fp12 *y) {
    quire_fp12_call(FP12_MULTIPLY, x->c[0].c[0].dwords, y->c[0].c[0].dwords);
}

static void fp12_square(fp12 *x) { fp12_multiply(x, x); }

/* x <- x^e, e = sum digits[i] 2^i with digits zero or odd, none negative, at most MOST_DIGIT, the last not
 * zero. */
static void fp12_power(fp12 *x, const int8_t *digits, int num_digits) {
    fp12 odd[MOST_DIGIT / 2 + 1], square;
    fp12_copy(&odd[0], x);
    if (MOST_DIGIT > 1) {
        fp12_copy(&square, x);
        fp12_square(&square);
    }
    for (int i = 1; i <= MOST_DIGIT / 2; i++) {
        fp12_copy(&odd[i], &odd[i - 1]);
        fp12_multiply(&odd[i], &square);
    }
    fp12_copy(x, &odd[digits[num_digits - 1] / 2]);
    for (int i = num_digits - 2; i >= 0; i--) {
        fp12_square(x);
        if (digits[i]) {
            fp12_multiply(x, &odd[digits[i] / 2]);
        }
    }
}

/* w <- -w: the power of p^6. In the cyclotomic subgroup, the inverse. */
static void fp12_conjugate(fp12 *x) {
    for (int i = 1; i < FP12_DEGREE; i += 2) {
        fp2_negate(&x->c[i]);
    }
}

/* x^p. */
static void fp12_frobenius(fp12 *x) {
    fp2_conjugate(&x->c[0]);
    for (int i = 1; i < FP12_DEGREE; i++) {
        fp2_conjugate(&x->c[i]);
        fp2_multiply(&x->c[i], &frobenius[i]);
    }
}

/* x^(p^2). */
static void fp12_frobenius_twice(fp12 *x) {
    for (int i = 1; i < FP12_DEGREE; i++) {
        fp2_scale(&x->c[i], &frobenius_twice[i]);
    }
}

/* The same of what has 1 and 0 for coefficients of even powers of w. */
static void fp12_frobenius_of_odd(fp12 *x) {
    for (int i = 1; i < FP12_DEGREE; i += 2) {
        fp2_conjugate(&x->c[i]);
        fp2_multiply(&x->c[i], &frobenius[i]);
    }
}

static void fp12_frobenius_twice_of_odd(fp12 *x) {
    for (int i = 1; i < FP12_DEGREE; i += 2) {
        fp2_scale(&x->c[i], &frobenius_twice[i]);
    }
}

/* In Fp6: a0 + a1 v + a2 v^2 with v = w^2 and v^3 = xi is inverted by its adjoint over its norm.
 * x has no odd powers of w, and is not zero. */
static void fp12_invert_even(fp12 *x) {
    const fp2 *a0 = &x->c[0], *a1 = &x->c[2], *a2 = &x->c[4];
    fp2 adjoint[3], minus[3], norm = {0}, term;
    const fp2 *factors[3] = {a0, a1, a2};
    for (int i = 0; i < 3; i++) {
        fp2_copy(&minus[i], factors[i]);
        fp2_negate(&minus[i]);
        fp2_copy(&adjoint[i], factors[i]);
    }
    fp2_square(&adjoint[0]); /* a0^2 - xi a1 a2 */
    fp2_copy(&term, &minus[1]);
    fp2_multiply_by_xi(&term);
    fp2_add_product(&adjoint[0], &term, a2);
    fp2_copy(&term, &adjoint[1]);
    fp2_copy(&adjoint[1], &adjoint[2]);
    fp2_copy(&adjoint[2], &term);
    fp2_square(&adjoint[1]); /* xi a2^2 - a0 a1 */
    fp2_multiply_by_xi(&adjoint[1]);
    fp2_add_product(&adjoint[1], &minus[0], a1);
    fp2_square(&adjoint[2]); /* a1^2 - a0 a2 */
    fp2_add_product(&adjoint[2], &minus[0], a2);
    fp2_add_product(&norm, a2, &adjoint[1]); /* a0 adjoint_0 + xi (a2 adjoint_1 + a1 adjoint_2) */
    fp2_add_product(&norm, a1, &adjoint[2]);
    fp2_multiply_by_xi(&norm);
    fp2_add_product(&norm, a0, &adjoint[0]);
    for (int i = 0; i < 3; i++) {
        fp2_copy(&x->c[2 * i], &adjoint[i]);
        fp2_divide(&x->c[2 * i], &norm);
    }
}

/* x^(p^6 - 1), the conjugate over x; x is not zero. x times its conjugate has no odd powers of w. */
static void fp12_conjugate_over_itself(fp12 *x) {
    fp12 norm;
    fp12_copy(&norm, x);
    fp12_conjugate(x);
    fp12_multiply(&norm, x);
    fp12_invert_even(&norm);
    fp12_square(x);
    fp12_multiply(x, &norm);
}

/* x^((p^6 - 1) (p^2 + 1)), which is in the cyclotomic subgroup, of order p^4 - p^2 + 1, where conjugates are inverses; x is
 * not zero. */
static void fp12_easy_part(fp12 *x) {
    fp12 once;
    fp12_conjugate_over_itself(x);
    fp12_copy(&once, x);
    fp12_frobenius_twice(x);
    fp12_multiply(x, &once);
}
