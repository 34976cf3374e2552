/* zkvm_bn254_pairing (EIP-197): the optimal ate pairing of the curve y^2 = x^3 + 3 and its twist y^2 = x^3 + 3 / (9 + u). */
#include "short_code.h"
SHORT_CODE_BEGIN
#include <zkvm_accelerators.h>

#include "bn254_constants.h"
#include "arguments.h"

#define MOST_DIGIT 7
#define LINE_PLACE 1
#define DIGITS_ARE_SIGNED 1
#define ADVICE_CALLS QUIRE_ECALL_PAIRING_ADVICE_BN254

typedef struct {
    fp x, y;
    bool is_infinite;
} g1_point;

typedef struct {
    fp2 x, y;
    bool is_infinite;
} g2_point;

static const fp g1_b = {{3}};
static const fp2 xi = {{{{9}}, {{1}}}};

/* w^6 = xi = 9 + u. */
static inline void fp2_multiply_by_xi(fp2 *x) { fp2_multiply(x, &xi); }

/* EIP-197 has the imaginary part first. */
static bool fp2_read(fp2 *x, const uint8_t *bytes) {
    bool is_reduced = fp_read(&x->c[1], bytes);
    return fp_read(&x->c[0], bytes + FP_BYTES) && is_reduced;
}

#define GROUP(name) g1_##name
#define COORDINATE(name) fp_##name
#define COORDINATE_TYPE fp
#include "curve_template.h"
#undef GROUP
#undef COORDINATE
#undef COORDINATE_TYPE
#define GROUP(name) g2_##name
#define COORDINATE(name) fp2_##name
#define COORDINATE_TYPE fp2
#include "curve_template.h"

#include "fp12_template.h"
#include "miller_template.h"
#include "pairing_template.h"

/* The twist comes to Fp12 by (x w^2, y w^3). */
static void line_constant(fp2 *constant) { (void)constant; }

static void apply_endomorphism(miller_pair *pair, bool minus) {
    miller_apply_endomorphism(pair, &frobenius[2], &frobenius[3], minus);
}

/* T is (6 x + 2) Q; psi(Q) and -psi^2(Q) are added. Q is of G2 exactly if that is -psi^3(Q): 6 x + 2 + psi - psi^2 + psi^3
 * annuls only such points, since its norm has r for the greatest common divisor with the order of the twist. */
static bool miller_finish(fp12 *f, miller_pair *pair) {
    apply_endomorphism(pair, false);
    if (!miller_add(f, pair, &pair->q[0])) {
        return false;
    }
    apply_endomorphism(pair, true);
    if (!miller_add(f, pair, &pair->q[0])) {
        return false;
    }
    apply_endomorphism(pair, false); /* of -psi^2(Q) */
    return miller_is_at_q(pair);
}

/* lambda = 6 x + 2 + p - p^2 + p^3: a multiple of r, as p is r + 6 x^2 (and as p annuls what miller_finish says of psi). */
static void residue_finish(fp12 *f, residue *d) {
    fp12_frobenius_of_odd(&d->itself);
    fp12_multiply(f, &d->itself);
    fp12_frobenius_twice_of_odd(&d->itself);
    fp12_multiply(f, &d->itself);
    fp12_frobenius_twice_of_odd(&d->conjugate);
    fp12_multiply(f, &d->conjugate);
}

/* f <- f^x. */
static void power_of_x(fp12 *f) { fp12_power(f, x_digits, (int)sizeof x_digits); }

/* The hard part times a number prime to r: (12 x^3 + 12 x^2 + 6 x + 1) + (12 x^3 + 6 x^2 + 4 x) p + (12 x^3 + 6 x^2 + 6 x) p^2
 * + (12 x^3 + 6 x^2 + 4 x - 1) p^3, of Fuentes-Castaneda, Knapp and Rodriguez-Henriquez, "Faster hashing to G2". */
static void hard_part(fp12 *f) {
    fp12 base, inverse, twice, sixfold, squared, cubed;
    fp12_copy(&base, f);
    fp12_copy(&inverse, f);
    fp12_conjugate(&inverse);
    power_of_x(f);
    fp12_square(f);
    fp12_copy(&twice, f); /* 2 x */
    fp12_square(f);
    fp12_multiply(f, &twice);
    fp12_copy(&sixfold, f); /* 6 x */
    power_of_x(f);
    fp12_copy(&squared, f); /* 6 x^2 */
    fp12_square(f);
    power_of_x(f);
    fp12_multiply(f, &squared);
    fp12_copy(&cubed, f); /* 12 x^3 + 6 x^2 */
    fp12_multiply(f, &sixfold);
    fp12_multiply(&base, &squared);
    fp12_multiply(&base, f); /* 12 x^3 + 12 x^2 + 6 x + 1 */
    fp12_frobenius_twice(f);
    fp12_multiply(f, &base);
    fp12_multiply(&cubed, &twice);
    fp12_multiply(&cubed, &twice); /* 12 x^3 + 6 x^2 + 4 x */
    fp12_multiply(&inverse, &cubed);
    fp12_frobenius(&cubed);
    fp12_multiply(f, &cubed);
    fp12_frobenius_twice(&inverse);
    fp12_frobenius(&inverse);
    fp12_multiply(f, &inverse);
}

/* The last pairs give the answer. */
static bool take_encoded(pairing *all, const zkvm_bn254_pairing_pair *pairs, size_t num_pairs, bool is_last, bool *is_one) {
    g1_point p[PAIRS_AT_ONCE];
    g2_point q[PAIRS_AT_ONCE];
    for (size_t i = 0; i < num_pairs; i++) { /* all points of the first curve are of G1 */
        if (!g1_read(&p[i], pairs[i].g1.data, &g1_b) || !g2_read(&q[i], pairs[i].g2.data, &twist_b)) {
            return false;
        }
    }
    return is_last ? pairing_finish(all, p, q, num_pairs, is_one) : pairing_add(all, p, q, num_pairs);
}

zkvm_status zkvm_bn254_pairing(const zkvm_bn254_pairing_pair *pairs, size_t num_pairs, bool *verified) {
    pairing all;
    REFUSE_NULL("zkvm_bn254_pairing", pairs);
    REFUSE_NULL("zkvm_bn254_pairing", verified);
    REFUSE_BEYOND_MEMORY("zkvm_bn254_pairing", pairs, num_pairs);
    pairing_begin(&all);
    for (; num_pairs > PAIRS_AT_ONCE; num_pairs -= PAIRS_AT_ONCE, pairs += PAIRS_AT_ONCE) {
        if (!take_encoded(&all, pairs, PAIRS_AT_ONCE, false, verified)) {
            return ZKVM_EFAIL;
        }
    }
    return take_encoded(&all, pairs, num_pairs, true, verified) ? ZKVM_EOK : ZKVM_EFAIL;
}

SHORT_CODE_END
