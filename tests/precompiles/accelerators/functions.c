/* Calls functions of zkvm_accelerators.h. Input is records of a header and the operands, padded to 8 bytes. Of each, writes
 * the status and the place of the result, which was all PATTERN before, or is a part of the operands. One of the pointers may
 * be another than to there. */
#include <quire.h>
#include <stdlib.h>
#include <string.h>
#include <zkvm_accelerators.h>
#include <zkvm_io.h>

#define PATTERN 0xa5
#define MAX_BYTES (1 << 16)
#define APART (~0ul)
#define AS_GIVEN (1ul << 63 | 1)

enum { RIPEMD160, SECP256K1_VERIFY, SECP256R1_VERIFY, ECRECOVER, MODEXP, BN254_G1_ADD, BN254_G1_MUL, BLAKE2F, KECCAK256, SHA256 };
enum { G1_ADD = 64, G1_MSM, G2_ADD, G2_MSM, BLS12_PAIRING, BN254_PAIRING, MAP_TO_G1, MAP_TO_G2, KZG };

typedef struct {
    uint64_t function, size;
    uint64_t misalignment; /* of the operands */
    uint64_t replaced, address; /* which pointer is this address, counted from 1; 0 is none */
    uint64_t count;        /* of bytes or pairs, where another is claimed than what there is; or AS_GIVEN */
    uint64_t numbers[3];   /* arguments that are no pointers */
    uint64_t place, room;  /* of the result: behind the beginning of the operands, or APART; bytes written */
} header;

static _Alignas(8) uint8_t memory[MAX_BYTES + 8], apart[MAX_BYTES];

#define FIRST_OPERAND 1ul /* for an address: that of the operands, wherever they are */
#define REPLACEMENT (call->address == FIRST_OPERAND ? (void *)operands : (void *)call->address)
#define ARGUMENT(number, pointer) (call->replaced == (number) ? REPLACEMENT : (void *)(pointer))

#define COUNT(kind) (call->count == AS_GIVEN ? call->size / sizeof(kind) : call->count)
#define PAIRS(kind) ARGUMENT(1, operands), COUNT(kind), ARGUMENT(2, result)

static zkvm_status make_on_pairing_friendly(const header *call, const uint8_t *operands, void *result) {
    switch (call->function) {
    case G1_ADD:
        return zkvm_bls12_g1_add(ARGUMENT(1, operands), ARGUMENT(2, operands + 96), ARGUMENT(3, result));
    case G1_MSM:
        return zkvm_bls12_g1_msm(PAIRS(zkvm_bls12_381_g1_msm_pair));
    case G2_ADD:
        return zkvm_bls12_g2_add(ARGUMENT(1, operands), ARGUMENT(2, operands + 192), ARGUMENT(3, result));
    case G2_MSM:
        return zkvm_bls12_g2_msm(PAIRS(zkvm_bls12_381_g2_msm_pair));
    case BLS12_PAIRING:
        return zkvm_bls12_pairing(PAIRS(zkvm_bls12_381_pairing_pair));
    case BN254_PAIRING:
        return zkvm_bn254_pairing(PAIRS(zkvm_bn254_pairing_pair));
    case MAP_TO_G1:
        return zkvm_bls12_map_fp_to_g1(ARGUMENT(1, operands), ARGUMENT(2, result));
    case MAP_TO_G2:
        return zkvm_bls12_map_fp2_to_g2(ARGUMENT(1, operands), ARGUMENT(2, result));
    case KZG:
        return zkvm_kzg_point_eval(ARGUMENT(1, operands), ARGUMENT(2, operands + 48), ARGUMENT(3, operands + 80),
                                   ARGUMENT(4, operands + 112), ARGUMENT(5, result));
    default:
        abort();
    }
}

static zkvm_status make(const header *call, const uint8_t *operands, void *result) {
    const uint64_t *numbers = call->numbers;
    switch (call->function) {
    case RIPEMD160:
        return zkvm_ripemd160(ARGUMENT(1, operands), COUNT(uint8_t), ARGUMENT(2, result));
    case KECCAK256:
        return zkvm_keccak256(ARGUMENT(1, operands), COUNT(uint8_t), ARGUMENT(2, result));
    case SHA256:
        return zkvm_sha256(ARGUMENT(1, operands), COUNT(uint8_t), ARGUMENT(2, result));
    case SECP256K1_VERIFY:
        return zkvm_secp256k1_verify(ARGUMENT(1, operands), ARGUMENT(2, operands + 32), ARGUMENT(3, operands + 96),
                                     ARGUMENT(4, result));
    case SECP256R1_VERIFY:
        return zkvm_secp256r1_verify(ARGUMENT(1, operands), ARGUMENT(2, operands + 32), ARGUMENT(3, operands + 96),
                                     ARGUMENT(4, result));
    case ECRECOVER:
        return zkvm_secp256k1_ecrecover(ARGUMENT(1, operands), ARGUMENT(2, operands + 32), (uint8_t)numbers[0],
                                        ARGUMENT(3, result));
    case BN254_G1_ADD:
        return zkvm_bn254_g1_add(ARGUMENT(1, operands), ARGUMENT(2, operands + 64), ARGUMENT(3, result));
    case BN254_G1_MUL:
        return zkvm_bn254_g1_mul(ARGUMENT(1, operands), ARGUMENT(2, operands + 64), ARGUMENT(3, result));
    case BLAKE2F:
        return zkvm_blake2f((uint32_t)numbers[0], ARGUMENT(1, result), ARGUMENT(2, operands + 64), ARGUMENT(3, operands + 192),
                            (uint8_t)numbers[1]);
    case MODEXP:
        return zkvm_modexp(ARGUMENT(1, operands), numbers[0], ARGUMENT(2, operands + numbers[0]), numbers[1],
                           ARGUMENT(3, operands + numbers[0] + numbers[1]), numbers[2], ARGUMENT(4, result));
    default:
        return make_on_pairing_friendly(call, operands, result);
    }
}

int main(void) {
    const uint8_t *input, *end;
    size_t size;
    read_input(&input, &size);
    end = input + size;
    while (input < end) {
        const header *call = (const header *)input;
        uint8_t *operands = memory + call->misalignment;
        uint8_t *result = call->place == APART ? apart : operands + call->place;
        memcpy(operands, input + sizeof *call, call->size);
        memset(apart, PATTERN, call->room);
        int64_t status = make(call, operands, result);
        write_output((const uint8_t *)&status, sizeof status);
        write_output(result, call->room);
        input += sizeof *call + (call->size + 7 & ~7ul);
    }
    return 0;
}
