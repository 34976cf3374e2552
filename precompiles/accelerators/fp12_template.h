/* Fp12 = Fp2[w] / (w^6 - xi), over fp2_template.h: polynomials in w of six coefficients.
 *
 * Of the tower Fp2, Fp6 = Fp2[w^2], Fp12 = Fp6[w] nothing is left to see: what its formulas save in multiplications they
 * add in additions, and those cost as much here. The curve's header gives fp2_multiply_by_xi and the constants
 * frobenius[i] = xi^(i (p - 1) / 6) of Fp2 and frobenius_twice[i] = xi^(i (p^2 - 1) / 6) of Fp. */

#define FP12_DEGREE 6

typedef struct {
    fp2 c[FP12_DEGREE];
} fp12;

static const fp12 fp12_one = {{{{{{1}}}}}};

static void fp12_copy(fp12 *x, const fp12 *y) {
    for (int i = 0; i < FP12_DEGREE; i++) {
        fp2_copy(&x->c[i], &y->c[i]);
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

/* x <- x y, which may be the same. Where w^6 comes up, xi y stands for y. */
static void fp12_multiply(fp12 *x, const fp12 *y) {
    fp12 product, wrapped;
    for (int j = 1; j < FP12_DEGREE; j++) {
        fp2_copy(&wrapped.c[j], &y->c[j]);
        fp2_multiply_by_xi(&wrapped.c[j]);
    }
    for (int i = 0; i < FP12_DEGREE; i++) {
        fp2_copy(&product.c[i], &x->c[i]);
        fp2_multiply(&product.c[i], &y->c[0]);
        for (int j = 1; j <= i; j++) {
            fp2_add_product(&product.c[i], &x->c[i - j], &y->c[j]);
        }
        for (int j = i + 1; j < FP12_DEGREE; j++) {
            fp2_add_product(&product.c[i], &x->c[i + FP12_DEGREE - j], &wrapped.c[j]);
        }
    }
    fp12_copy(x, &product);
}

/* Each product of two coefficients comes up twice: 2 x_i stands for x_i. */
static void fp12_square(fp12 *x) {
    fp12 square, doubled, wrapped;
    for (int i = 0; i < FP12_DEGREE - 1; i++) {
        fp2_copy(&doubled.c[i], &x->c[i]);
        fp2_double(&doubled.c[i]);
    }
    for (int j = FP12_DEGREE / 2; j < FP12_DEGREE; j++) {
        fp2_copy(&wrapped.c[j], &x->c[j]);
        fp2_multiply_by_xi(&wrapped.c[j]);
    }
    for (int k = 0; k < FP12_DEGREE; k++) {
        if (k % 2) {
            fp2_copy(&square.c[k], &doubled.c[0]);
            fp2_multiply(&square.c[k], &x->c[k]);
        } else {
            fp2_copy(&square.c[k], &x->c[k / 2]);
            fp2_square(&square.c[k]);
            fp2_add_product(&square.c[k], &x->c[(k + FP12_DEGREE) / 2], &wrapped.c[(k + FP12_DEGREE) / 2]);
        }
        for (int i = k % 2; 2 * i < k; i++) {
            fp2_add_product(&square.c[k], &doubled.c[i], &x->c[k - i]);
        }
        for (int i = k + 1; 2 * i < k + FP12_DEGREE; i++) {
            fp2_add_product(&square.c[k], &doubled.c[i], &wrapped.c[k + FP12_DEGREE - i]);
        }
    }
    fp12_copy(x, &square);
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
