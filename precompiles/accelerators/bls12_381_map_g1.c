/* zkvm_bls12_map_fp_to_g1 (EIP-2537): BLS12381G1_XMD:SHA-256_SSWU_RO_ of RFC 9380, section 8.8.1, without its hash. */
#include "short_code.h"
SHORT_CODE_BEGIN
#include "bls12_381.h"
#include "bls12_381_isogeny_g1.h"
#include "arguments.h"

#define GROUP(name) g1_##name
#define COORDINATE(name) fp_##name
#define COORDINATE_TYPE fp

/* sgn0 of section 4.1. */
static bool fp_sign(const fp *x) { return x->dwords[0] & 1; }

#include "map_template.h"

zkvm_status zkvm_bls12_map_fp_to_g1(const zkvm_bls12_381_fp *field_element, zkvm_bls12_381_g1_point *result) {
    g1_point p;
    fp u;
    REFUSE_NULL("zkvm_bls12_map_fp_to_g1", field_element);
    REFUSE_NULL("zkvm_bls12_map_fp_to_g1", result);
    if (!fp_read(&u, field_element->data)) {
        return ZKVM_EFAIL;
    }
    g1_map_to_isogenous(&p, &u);
    g1_apply_isogeny(&p);
    quire_bls12_381_g1_clear_cofactor(&p);
    quire_bls12_381_g1_write(result, &p);
    return ZKVM_EOK;
}

SHORT_CODE_END
