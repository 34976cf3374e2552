/* zkvm_bls12_g2_add and zkvm_bls12_g2_msm (EIP-2537), and what the pairing and the map need of G2. */
#include "short_code.h"
SHORT_CODE_BEGIN
#include "bls12_381.h"
#include "arguments.h"

#include <string.h>

#define GROUP(name) g2_##name
#define COORDINATE(name) fp2_##name
#define COORDINATE_TYPE fp2
#define ENCODED(kind) zkvm_bls12_381_g2_##kind
#define CURVE_B g2_b

/* Nobody asks for it; the element in its middle stays zero, as the calls want it. */
static fp2 line[3];

static inline void g2_call_add(g2_point *p, const g2_point *q) {
    quire_g2_bls12_381_add(p->x.c[0].dwords, q->x.c[0].dwords, line[0].c[0].dwords);
}

static inline void g2_call_double(g2_point *p) { quire_g2_bls12_381_double(p->x.c[0].dwords, line[0].c[0].dwords); }

#include "curve_template.h"
#include "addition_template.h"
#include "multiples_template.h"
#include "bls12_381_group_template.h"

/* Frobenius' map, carried over from the curve over Fp12: psi of RFC 9380, appendix G.3. */
static void g2_apply_endomorphism(g2_point *p) {
    fp2_conjugate(&p->x);
    fp2_multiply(&p->x, &twist_endomorphism_x);
    fp2_conjugate(&p->y);
    fp2_multiply(&p->y, &twist_endomorphism_y);
}

/* Only points of G2 have psi for a multiple by x = -X: psi^2 - (x + 1) psi + p = 0, so that p - x, which is a multiple of
 * r, annuls such a point, and its greatest common divisor with the curve's order is r. */
static bool g2_powers(g2_point powers[NUM_DIGITS], const g2_point *p) {
    g2_point multiple;
    g2_copy(&powers[0], p);
    for (int i = 1; i < NUM_DIGITS; i++) {
        g2_copy(&powers[i], &powers[i - 1]);
        g2_apply_endomorphism(&powers[i]);
        g2_negate(&powers[i]);
    }
    g2_copy(&multiple, p);
    g2_multiply_by_x(&multiple);
    return g2_equal(&multiple, &powers[1]);
}

/* Appendix G.3: (x^2 - x - 1) P + (x - 1) psi(P) + psi^2(2 P), as x (x P + psi(P)) - psi(P) + psi^2(2 P) - x P - P. */
void quire_bls12_381_g2_clear_cofactor(g2_point *p) {
    g2_point image, twice, multiple, sum;
    g2_copy(&image, p);
    g2_apply_endomorphism(&image);
    g2_negate(&image); /* -psi(P) */
    g2_copy(&multiple, p);
    g2_multiply_by_x(&multiple); /* -x P */
    g2_copy(&twice, p);
    g2_double(&twice);
    g2_apply_endomorphism(&twice);
    g2_apply_endomorphism(&twice);
    g2_copy(&sum, &multiple);
    g2_add(&sum, &image); /* -(x P + psi(P)) */
    g2_multiply_by_x(&sum);
    g2_negate(p);
    g2_add(p, &sum);
    g2_add(p, &image);
    g2_add(p, &twice);
    g2_add(p, &multiple);
}

bool quire_bls12_381_g2_read(g2_point *p, const zkvm_bls12_381_g2_point *encoded) { return g2_decode(p, encoded); }

void quire_bls12_381_g2_write(zkvm_bls12_381_g2_point *encoded, const g2_point *p) { g2_encode(encoded, p); }

zkvm_status zkvm_bls12_g2_add(const zkvm_bls12_381_g2_point *p1, const zkvm_bls12_381_g2_point *p2,
                              zkvm_bls12_381_g2_point *result) {
    REFUSE_NULL("zkvm_bls12_g2_add", p1);
    REFUSE_NULL("zkvm_bls12_g2_add", p2);
    REFUSE_NULL("zkvm_bls12_g2_add", result);
    return g2_add_encoded(p1, p2, result);
}

zkvm_status zkvm_bls12_g2_msm(const zkvm_bls12_381_g2_msm_pair *pairs, size_t num_pairs, zkvm_bls12_381_g2_point *result) {
    REFUSE_NULL("zkvm_bls12_g2_msm", pairs);
    REFUSE_NULL("zkvm_bls12_g2_msm", result);
    REFUSE_BEYOND_MEMORY("zkvm_bls12_g2_msm", pairs, num_pairs);
    return g2_msm_encoded(pairs, num_pairs, result);
}

SHORT_CODE_END
