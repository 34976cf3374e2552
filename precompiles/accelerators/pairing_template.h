/* Products of pairings, over miller_template.h. The curve's file gives miller_finish and hard_part. */

#define PAIRS_AT_ONCE 4

/* What follows the loop: f takes the last lines. False if a Q is not of G2: of those for which the loop was true, exactly
 * these. */
static bool miller_finish(fp12 *f, miller_pair *pair);

/* x to the power of (p^4 - p^2 + 1) / r, or a power of that whose exponent is prime to r; x is in the cyclotomic subgroup. */
static void hard_part(fp12 *x);

/* product <- product times the Miller functions of at most PAIRS_AT_ONCE pairs, which share their squarings. False if a q is
 * not of G2. */
static bool pairing_multiply(fp12 *product, const g1_point *p, const g2_point *q, size_t num_pairs) {
    miller_pair pairs[PAIRS_AT_ONCE];
    size_t num_finite = 0;
    fp12 f;
    for (size_t i = 0; i < num_pairs; i++) {
        if (!q[i].is_infinite) {
            miller_begin(&pairs[num_finite++], &p[i], &q[i]);
        }
    }
    fp12_copy(&f, &fp12_one);
    if (!miller_loop(&f, pairs, num_finite, miller_digits, (int)sizeof miller_digits)) {
        return false;
    }
    for (size_t i = 0; i < num_finite; i++) {
        if (!miller_finish(&f, &pairs[i])) {
            return false;
        }
    }
    fp12_multiply(product, &f);
    return true;
}

/* Whether the final exponentiation, to the power of (p^12 - 1) / r, gives 1. */
static bool pairing_is_one(fp12 *product) {
    fp12_easy_part(product);
    if (!fp12_is_one(product)) {
        hard_part(product);
    }
    return fp12_is_one(product);
}
