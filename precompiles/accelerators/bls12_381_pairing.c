/* zkvm_bls12_pairing (EIP-2537). */
#include "short_code.h"
SHORT_CODE_BEGIN
#include "bls12_381.h"
#include "arguments.h"

#define MOST_DIGIT 1
#define LINE_PLACE 3
#define DIGITS_ARE_SIGNED 0
#define ADVICE_CALLS QUIRE_ECALL_PAIRING_ADVICE_BLS12_381
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

/* lambda = p - x, which r divides. The loop's f is that of -x = |x|, so d^|x| stands beside it. */
static void residue_finish(fp12 *f, residue *d) {
    fp12_frobenius_of_odd(&d->itself);
    fp12_multiply(f, &d->itself);
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
    pairing all;
    pairing_begin(&all);
    return pairing_finish(&all, p, q, num_pairs, is_one);
}

/* The last pairs give the answer. */
static bool take_encoded(pairing *all, const zkvm_bls12_381_pairing_pair *pairs, size_t num_pairs, bool is_last,
                         bool *is_one) {
    g1_point p[PAIRS_AT_ONCE];
    g2_point q[PAIRS_AT_ONCE];
    for (size_t i = 0; i < num_pairs; i++) {
        if (!quire_bls12_381_g1_read(&p[i], &pairs[i].g1) || !quire_bls12_381_g2_read(&q[i], &pairs[i].g2) ||
            !quire_bls12_381_is_in_g1(&p[i])) {
            return false;
        }
    }
    return is_last ? pairing_finish(all, p, q, num_pairs, is_one) : pairing_add(all, p, q, num_pairs);
}

zkvm_status zkvm_bls12_pairing(const zkvm_bls12_381_pairing_pair *pairs, size_t num_pairs, bool *verified) {
    pairing all;
    REFUSE_NULL("zkvm_bls12_pairing", pairs);
    REFUSE_NULL("zkvm_bls12_pairing", verified);
    REFUSE_BEYOND_MEMORY("zkvm_bls12_pairing", pairs, num_pairs);
    pairing_begin(&all);
    for (; num_pairs > PAIRS_AT_ONCE; num_pairs -= PAIRS_AT_ONCE, pairs += PAIRS_AT_ONCE) {
        if (!take_encoded(&all, pairs, PAIRS_AT_ONCE, false, verified)) {
            return ZKVM_EFAIL;
        }
    }
    return take_encoded(&all, pairs, num_pairs, true, verified) ? ZKVM_EOK : ZKVM_EFAIL;
}

SHORT_CODE_END
