/* zkvm_bls12_map_fp2_to_g2 (EIP-2537): BLS12381G2_XMD:SHA-256_SSWU_RO_ of RFC 9380, section 8.8.2, without its hash. */
#include "short_code.h"
SHORT_CODE_BEGIN
#include "bls12_381.h"
#include "bls12_381_isogeny_g2.h"
#include "fp2_root_template.h"
#include "arguments.h"

#define GROUP(name) g2_##name
#define COORDINATE(name) fp2_##name
#define COORDINATE_TYPE fp2

/* sgn0 of section 4.1. */
static bool fp2_sign(const fp2 *x) { return (fp_is_zero(&x->c[0]) ? x->c[1] : x->c[0]).dwords[0] & 1; }

#include "map_template.h"

zkvm_status zkvm_bls12_map_fp2_to_g2(const zkvm_bls12_381_fp2 *field_element, zkvm_bls12_381_g2_point *result) {
    g2_point p;
    fp2 u;
    REFUSE_NULL("zkvm_bls12_map_fp2_to_g2", field_element);
    REFUSE_NULL("zkvm_bls12_map_fp2_to_g2", result);
    if (!fp2_read(&u, field_element->data)) {
        return ZKVM_EFAIL;
    }
    g2_map_to_isogenous(&p, &u);
    g2_apply_isogeny(&p);
    quire_bls12_381_g2_clear_cofactor(&p);
    quire_bls12_381_g2_write(result, &p);
    return ZKVM_EOK;
}

SHORT_CODE_END
