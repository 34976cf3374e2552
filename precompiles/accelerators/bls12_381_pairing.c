/* zkvm_bls12_pairing (EIP-2537). */
#include "short_code.h"
SHORT_CODE_BEGIN
#include "bls12_381.h"
#include "arguments.h"

#define MOST_DIGIT 1
#define LINE_PLACE 3
#define miller_digits x_digits
#include "fp12_template.h"
#include "miller_template.h"
#include "pairing_template.h"

/* The twist comes to Fp12 by (x / w^2, y / w^3). */
static void line_constant(fp2 *constant) { fp2_multiply_by_xi(constant); }

/* T is |x| Q: that is -psi(Q) for Q of G2, and only for these, as bls12_381_g2.c says. No line is left, and that x is
 * negative only inverts the product. */
static bool miller_finish(fp12 *f, miller_pair *pair) {
    (void)f;
    miller_apply_endomorphism(pair, &twist_endomorphism_x, &twist_endomorphism_y, true);
    return miller_is_at_q(pair);
}

/* f <- f^x, and f^(x - 1). */
static void power_of_x(fp12 *f) {
    fp12_power(f, x_digits, (int)sizeof x_digits);
    fp12_conjugate(f);
}

static void power_of_x_minus_one(fp12 *f) {
    fp12 inverse;
    fp12_copy(&inverse, f);
    fp12_conjugate(&inverse);
    power_of_x(f);
    fp12_multiply(f, &inverse);
}

/* Three times the hard part is (x - 1)^2 (x + p) (x^2 + p^2 - 1) + 3: Hayashida, Hayasaka and Teruya, "Efficient final
 * exponentiation via cyclotomic structure for pairings over families of elliptic curves". */
static void hard_part(fp12 *f) {
    fp12 base, power;
    fp12_copy(&base, f);
    power_of_x_minus_one(f);
    power_of_x_minus_one(f);
    fp12_copy(&power, f);
    power_of_x(f);
    fp12_frobenius(&power);
    fp12_multiply(f, &power); /* times x + p */
    fp12_copy(&power, f);
    power_of_x(f);
    power_of_x(f);
    fp12 rest;
    fp12_copy(&rest, &power);
    fp12_frobenius_twice(&power);
    fp12_multiply(f, &power);
    fp12_conjugate(&rest);
    fp12_multiply(f, &rest); /* times x^2 + p^2 - 1 */
    fp12_multiply(f, &base);
    fp12_square(&base);
    fp12_multiply(f, &base);
}

bool quire_bls12_381_pairing(const g1_point *p, const g2_point *q, size_t num_pairs, bool *is_one) {
    fp12 product;
    fp12_copy(&product, &fp12_one);
    if (!pairing_multiply(&product, p, q, num_pairs)) {
        return false;
    }
    *is_one = pairing_is_one(&product);
    return true;
}

static bool multiply_by_encoded(fp12 *product, const zkvm_bls12_381_pairing_pair *pairs, size_t num_pairs) {
    g1_point p[PAIRS_AT_ONCE];
    g2_point q[PAIRS_AT_ONCE];
    for (size_t i = 0; i < num_pairs; i++) {
        if (!quire_bls12_381_g1_read(&p[i], &pairs[i].g1) || !quire_bls12_381_g2_read(&q[i], &pairs[i].g2) ||
            !quire_bls12_381_is_in_g1(&p[i])) {
            return false;
        }
    }
    return pairing_multiply(product, p, q, num_pairs);
}

zkvm_status zkvm_bls12_pairing(const zkvm_bls12_381_pairing_pair *pairs, size_t num_pairs, bool *verified) {
    fp12 product;
    REFUSE_NULL("zkvm_bls12_pairing", pairs);
    REFUSE_NULL("zkvm_bls12_pairing", verified);
    REFUSE_BEYOND_MEMORY("zkvm_bls12_pairing", pairs, num_pairs);
    fp12_copy(&product, &fp12_one);
    while (num_pairs) {
        size_t taken = num_pairs < PAIRS_AT_ONCE ? num_pairs : PAIRS_AT_ONCE;
        if (!multiply_by_encoded(&product, pairs, taken)) {
            return ZKVM_EFAIL;
        }
        pairs += taken;
        num_pairs -= taken;
    }
    *verified = pairing_is_one(&product);
    return ZKVM_EOK;
}

SHORT_CODE_END
