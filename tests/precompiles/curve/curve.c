/* Reads the number of a curve, the dwords of a coordinate, p and q; writes p + q and 2 p. */
#include <quire.h>
#include <string.h>
#include <zkvm_io.h>

#define DWORDS 12

int main(void) {
    static uint64_t p[DWORDS], q[DWORDS], results[2][DWORDS];
    const uint8_t *input;
    size_t size;
    read_input(&input, &size);
    size_t curve = input[0], bytes = 16 * input[1];
    memcpy(p, input + 8, bytes);
    memcpy(q, input + 8 + bytes, bytes);
    memcpy(results[0], p, bytes);
    memcpy(results[1], p, bytes);
    switch (curve) {
    case QUIRE_CURVE_SECP256K1:
        quire_secp256k1_add(results[0], q);
        quire_secp256k1_double(results[1]);
        break;
    case QUIRE_CURVE_SECP256R1:
        quire_secp256r1_add(results[0], q);
        quire_secp256r1_double(results[1]);
        break;
    case QUIRE_CURVE_BN254:
        quire_bn254_add(results[0], q);
        quire_bn254_double(results[1]);
        break;
    default:
        quire_bls12_381_add(results[0], q);
        quire_bls12_381_double(results[1]);
    }
    write_output((const uint8_t *)results[0], bytes);
    write_output((const uint8_t *)results[1], bytes);
    return 0;
}
