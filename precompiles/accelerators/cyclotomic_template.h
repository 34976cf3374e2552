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
 * x = A + B w + C w^2 over Fp4, s = w^3, the square is 3 A^2 - 2 conj(A) + (3 s C^2 + 2 conj(B)) w + (3 B^2 - 2 conj(C)) w^2. */
static void fp12_cyclotomic_square(fp12 *x) {
    fp12 square;
    fp12_copy(&square, x);
    for (int i = 0; i < 3; i++) {
        fp4_square(&square.c[i], &square.c[i + 3]);
    }
    fp2_triple_minus_double(&x->c[0], &square.c[0]);
    fp2_triple_plus_double(&x->c[3], &square.c[3]);
    fp2_triple_minus_double(&x->c[2], &square.c[1]);
    fp2_triple_plus_double(&x->c[5], &square.c[4]);
    fp2_multiply_by_xi(&square.c[5]);
    fp2_triple_plus_double(&x->c[1], &square.c[5]);
    fp2_triple_minus_double(&x->c[4], &square.c[2]);
}

/* x <- x^e, with e = sum digits[i] 2^i, digits zero or odd and at most CYCLOTOMIC_DIGIT in absolute value, the last not
 * negative and not zero. */
static void fp12_cyclotomic_power(fp12 *x, const int8_t *digits, int num_digits) {
    fp12 odd[CYCLOTOMIC_DIGIT / 2 + 1], square;
    fp12_copy(&odd[0], x);
    if (CYCLOTOMIC_DIGIT > 1) {
        fp12_copy(&square, x);
        fp12_cyclotomic_square(&square);
    }
    for (int i = 1; i <= CYCLOTOMIC_DIGIT / 2; i++) {
        fp12_copy(&odd[i], &odd[i - 1]);
        fp12_multiply(&odd[i], &square);
    }
    fp12_copy(x, &odd[digits[num_digits - 1] / 2]);
    for (int i = num_digits - 2; i >= 0; i--) {
        fp12_cyclotomic_square(x);
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
