/* zkvm_bls12_g1_add and zkvm_bls12_g1_msm (EIP-2537), and what the pairing needs of G1. */
#include "short_code.h"
SHORT_CODE_BEGIN
#include "bls12_381.h"
#include "arguments.h"

#include <string.h>

#define GROUP(name) g1_##name
#define COORDINATE(name) fp_##name
#define COORDINATE_TYPE fp
#define ENCODED(kind) zkvm_bls12_381_g1_##kind
#define CURVE_B g1_b

static inline void g1_call_add(g1_point *p, const g1_point *q) { quire_bls12_381_add(p->x.dwords, q->x.dwords); }

static inline void g1_call_double(g1_point *p) { quire_bls12_381_double(p->x.dwords); }

#include "curve_template.h"
#include "addition_template.h"
#include "multiples_template.h"
#include "bls12_381_group_template.h"

/* Minus phi(x, y) = (beta x, y), beta the cube root of one with which this is the multiple by X^2 on G1. */
static void g1_apply_endomorphism(g1_point *p) {
    fp_multiply(&p->x, &endomorphism_x);
    fp_negate(&p->y);
}

/* Of all points of the curve, only those of G1 have -phi for a multiple by X^2: phi^2 + phi + 1 = 0, so that
 * X^4 - X^2 + 1 = r annuls such a point, and the cofactor is prime to r. */
static bool g1_powers(g1_point powers[NUM_DIGITS], const g1_point *p) {
    g1_point image;
    for (int i = 0; i < NUM_DIGITS; i++) {
        g1_copy(&powers[i], p);
    }
    g1_multiply_by_x(&powers[1]);
    g1_copy(&powers[2], &powers[1]);
    g1_multiply_by_x(&powers[2]);
    g1_copy(&powers[3], &powers[1]);
    g1_apply_endomorphism(&powers[3]);
    g1_copy(&image, p);
    g1_apply_endomorphism(&image);
    return g1_equal(&powers[2], &image);
}

bool quire_bls12_381_is_in_g1(const g1_point *p) {
    g1_point powers[NUM_DIGITS];
    return g1_powers(powers, p);
}

/* By 1 - x = 1 + X. */
void quire_bls12_381_g1_clear_cofactor(g1_point *p) {
    g1_point multiple;
    g1_copy(&multiple, p);
    g1_multiply_by_x(&multiple);
    g1_add(p, &multiple);
}

bool quire_bls12_381_g1_read(g1_point *p, const zkvm_bls12_381_g1_point *encoded) { return g1_decode(p, encoded); }

void quire_bls12_381_g1_write(zkvm_bls12_381_g1_point *encoded, const g1_point *p) { g1_encode(encoded, p); }

bool quire_bls12_381_g1_add_multiples(g1_point *sum, const g1_point *p, const number *a, const g1_point *powers_of_q,
                                      const number *b) {
    g1_term terms[2];
    g1_point powers[NUM_DIGITS];
    if (!g1_powers(powers, sum) || !g1_powers(powers, p)) {
        return false;
    }
    g1_make_term(&terms[0], powers, a);
    g1_make_term(&terms[1], powers_of_q, b);
    g1_add_terms(sum, terms, 2);
    return true;
}

zkvm_status zkvm_bls12_g1_add(const zkvm_bls12_381_g1_point *p1, const zkvm_bls12_381_g1_point *p2,
                              zkvm_bls12_381_g1_point *result) {
    REFUSE_NULL("zkvm_bls12_g1_add", p1);
    REFUSE_NULL("zkvm_bls12_g1_add", p2);
    REFUSE_NULL("zkvm_bls12_g1_add", result);
    return g1_add_encoded(p1, p2, result);
}

zkvm_status zkvm_bls12_g1_msm(const zkvm_bls12_381_g1_msm_pair *pairs, size_t num_pairs, zkvm_bls12_381_g1_point *result) {
    REFUSE_NULL("zkvm_bls12_g1_msm", pairs);
    REFUSE_NULL("zkvm_bls12_g1_msm", result);
    REFUSE_BEYOND_MEMORY("zkvm_bls12_g1_msm", pairs, num_pairs);
    return g1_msm_encoded(pairs, num_pairs, result);
}

SHORT_CODE_END
