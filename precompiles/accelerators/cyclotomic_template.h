/* The cyclotomic subgroup of Fp12, of order p^4 - p^2 + 1, over fp12_template.h: what is left after the easy part of the
 * final exponentiation. Conjugates are inverses, squares are cheap. */

/* Squares a + b s of Fp4 = Fp2[s], s^2 = xi: a <- a^2 + xi b^2, b <- 2 a b. */
static void fp4_square(fp2 *a, fp2 *b) {
    fp2 square;
    fp2_copy(&square, b);
    fp2_square(&square);
    fp2_multiply_by_xi(&square);
    fp2_multiply(b, a);
    fp2_double(b);
    fp2_square(a);
    fp2_add(a, &square);
}

/* x <- 3 t - 2 x and x <- 3 t + 2 x. */
static void fp2_triple_minus_double(fp2 *x, const fp2 *t) {
    fp2 difference;
    fp2_copy(&difference, t);
    fp2_subtract(&difference, x);
    fp2_double(&difference);
    fp2_add(&difference, t);
    fp2_copy(x, &difference);
}

static void fp2_triple_plus_double(fp2 *x, const fp2 *t) {
    fp2_add(x, t);
    fp2_double(x);
    fp2_add(x, t);
}

/* Granger and Scott, "Faster squaring in the cyclotomic subgroup of sixth degree extensions", section 3.2: with
 * x = A + B w + C w^2 over Fp4, s = w^3, the square is 3 A^2 - 2 conj(A) + (3 s C^2 + 2 conj(B)) w + (3 B^2 - 2 conj(C)) w^2.
 * B and C of it do not depend on A. */
static void fp12_square_b_and_c(fp12 *x) {
    fp2 b[2], c[2];
    for (int i = 0; i < 2; i++) {
        fp2_copy(&b[i], &x->c[1 + 3 * i]);
        fp2_copy(&c[i], &x->c[2 + 3 * i]);
    }
    fp4_square(&b[0], &b[1]);
    fp4_square(&c[0], &c[1]);
    fp2_multiply_by_xi(&c[1]);
    fp2_triple_plus_double(&x->c[1], &c[1]);
    fp2_triple_minus_double(&x->c[4], &c[0]);
    fp2_triple_minus_double(&x->c[2], &b[0]);
    fp2_triple_plus_double(&x->c[5], &b[1]);
}

static void fp12_cyclotomic_square(fp12 *x) {
    fp2 a[2];
    fp2_copy(&a[0], &x->c[0]);
    fp2_copy(&a[1], &x->c[3]);
    fp4_square(&a[0], &a[1]);
    fp2_triple_minus_double(&x->c[0], &a[0]);
    fp2_triple_plus_double(&x->c[3], &a[1]);
    fp12_square_b_and_c(x);
}

/* A of an element of the subgroup, from B and C: Karabina, "Squaring in cyclotomic subgroups", section 3.2. False if the
 * divisor is zero, as it is for 1: then A is anything. */
static bool fp12_find_a(fp12 *x) {
    static const fp three = {{3}};
    const fp2 *b0 = &x->c[1], *b1 = &x->c[4], *c0 = &x->c[2], *c1 = &x->c[5];
    fp2 *a0 = &x->c[0], *a1 = &x->c[3], term;
    fp2_copy(a1, c1); /* (xi c_1^2 + 3 c_0^2 - 2 b_1) / 4 b_0 */
    fp2_square(a1);
    fp2_multiply_by_xi(a1);
    fp2_copy(&term, c0);
    fp2_square(&term);
    fp2_scale(&term, &three);
    fp2_add(a1, &term);
    fp2_subtract(a1, b1);
    fp2_subtract(a1, b1);
    fp2_copy(&term, b0);
    fp2_double(&term);
    fp2_double(&term);
    if (!fp2_divide(a1, &term)) {
        return false;
    }
    fp2_copy(a0, a1); /* xi (2 a_1^2 + b_0 c_1 - 3 b_1 c_0) + 1 */
    fp2_square(a0);
    fp2_double(a0);
    fp2_add_product(a0, b0, c1);
    fp2_copy(&term, b1);
    fp2_multiply(&term, c0);
    fp2_scale(&term, &three);
    fp2_subtract(a0, &term);
    fp2_multiply_by_xi(a0);
    fp_add(&a0->c[0], &fp_one);
    return true;
}

/* x <- x^(2^n). Finding A costs what two squares of it do. */
static void fp12_cyclotomic_squares(fp12 *x, int n) {
    fp12 power;
    fp12_copy(&power, x);
    for (int i = 0; i < n && n > 2; i++) {
        fp12_square_b_and_c(&power);
    }
    if (n > 2 && fp12_find_a(&power)) {
        fp12_copy(x, &power);
        return;
    }
    for (int i = 0; i < n; i++) {
        fp12_cyclotomic_square(x);
    }
}

/* x <- x^e, with e = sum digits[i] 2^i, digits zero or odd and at most CYCLOTOMIC_DIGIT in absolute value, the last not
 * negative and not zero. */
static void fp12_cyclotomic_power(fp12 *x, const int8_t *digits, int num_digits) {
    fp12 odd[CYCLOTOMIC_DIGIT / 2 + 1], square;
    fp12_copy(&odd[0], x);
    fp12_copy(&square, x);
    if (CYCLOTOMIC_DIGIT > 1) {
        fp12_cyclotomic_square(&square);
    }
    for (int i = 1; i <= CYCLOTOMIC_DIGIT / 2; i++) {
        fp12_copy(&odd[i], &odd[i - 1]);
        fp12_multiply(&odd[i], &square);
    }
    fp12_copy(x, &odd[digits[num_digits - 1] / 2]);
    int squares = 0;
    for (int i = num_digits - 2; i >= 0; i--) {
        squares++;
        if (digits[i] || i == 0) {
            fp12_cyclotomic_squares(x, squares);
            squares = 0;
        }
        if (digits[i] > 0) {
            fp12_multiply(x, &odd[digits[i] / 2]);
        } else if (digits[i] < 0) { /* x / y is the inverse of y / x */
            fp12_conjugate(x);
            fp12_multiply(x, &odd[-digits[i] / 2]);
            fp12_conjugate(x);
        }
    }
}

/* x^((p^6 - 1) (p^2 + 1)), which is in the cyclotomic subgroup; x is not zero. */
static void fp12_easy_part(fp12 *x) {
    fp12 once;
    fp12_conjugate_over_itself(x);
    fp12_copy(&once, x);
    fp12_frobenius_twice(x);
    fp12_multiply(x, &once);
}
