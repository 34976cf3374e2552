/* zkvm_kzg_point_eval: "verify_kzg_proof" of EIP-4844's polynomial commitments. */
#include "short_code.h"
SHORT_CODE_BEGIN
#include "bls12_381.h"
#include "kzg_constants.h"
#include "arguments.h"

/* Flags in the first byte of a compressed point. */
#define IS_COMPRESSED 0x80
#define IS_INFINITE 0x40
#define HAS_LARGER_Y 0x20

/* Of 48 bytes. False if they are no point of the curve, or not the one encoding of it. */
static bool decompress(g1_point *p, const uint8_t *encoded) {
    uint8_t bytes[FP_BYTES];
    fp negative;
    uint8_t flags = encoded[0] & (IS_COMPRESSED | IS_INFINITE | HAS_LARGER_Y);
    __builtin_memcpy_inline(bytes, encoded, sizeof bytes);
    bytes[0] ^= flags;
    if (!(flags & IS_COMPRESSED) || !fp_read(&p->x, bytes)) {
        return false;
    }
    p->is_infinite = flags & IS_INFINITE;
    if (p->is_infinite) {
        return fp_is_zero(&p->x) && !(flags & HAS_LARGER_Y);
    }
    fp_copy(&p->y, &p->x);
    fp_square(&p->y);
    fp_multiply(&p->y, &p->x);
    fp_add(&p->y, &g1_b);
    if (!fp_root(&p->y)) {
        return false;
    }
    fp_copy(&negative, &p->y);
    fp_negate(&negative);
    if (fp_is_less(&negative, &p->y) != !!(flags & HAS_LARGER_Y)) {
        fp_copy(&p->y, &negative);
    }
    return true;
}

/* Whether it is below the order of the groups. */
static bool read_reduced(number *k, const zkvm_kzg_field_element *encoded) {
    number_read(k, encoded->data);
    return number_is_less(k, &group_order);
}

/* e(commitment - y G1, G2) = e(proof, [tau] G2 - z G2), as e(commitment - y G1 + z proof, -G2) e(proof, [tau] G2) = 1: so only
 * points of G1 are multiplied. Both the commitment and the proof have to be of G1, which the sum sees to. */
zkvm_status zkvm_kzg_point_eval(const zkvm_kzg_commitment *commitment, const zkvm_kzg_field_element *z,
                                const zkvm_kzg_field_element *y, const zkvm_kzg_proof *proof, bool *verified) {
    g1_point sides[2]; /* the commitment first, and the proof */
    number factors[2];
    REFUSE_NULL("zkvm_kzg_point_eval", commitment);
    REFUSE_NULL("zkvm_kzg_point_eval", z);
    REFUSE_NULL("zkvm_kzg_point_eval", y);
    REFUSE_NULL("zkvm_kzg_point_eval", proof);
    REFUSE_NULL("zkvm_kzg_point_eval", verified);
    if (!decompress(&sides[0], commitment->data) || !decompress(&sides[1], proof->data) ||
        !read_reduced(&factors[0], z) || !read_reduced(&factors[1], y)) {
        return ZKVM_EFAIL;
    }
    if (!quire_bls12_381_g1_add_multiples(&sides[0], &sides[1], &factors[0], powers_of_minus_g1, &factors[1])) {
        return ZKVM_EFAIL;
    }
    return quire_bls12_381_pairing(sides, kzg_g2, 2, verified) ? ZKVM_EOK : ZKVM_EFAIL;
}

SHORT_CODE_END
