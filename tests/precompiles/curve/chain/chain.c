/* Reads the number of a curve and the dwords of a coordinate, p, eight points and the digits; writes p after the chain. */
#include <quire.h>
#include <string.h>
#include <zkvm_io.h>

#define DWORDS 8

int main(void) {
    static uint64_t p[DWORDS], points[QUIRE_CURVE_CHAIN_POINTS * DWORDS], digits[QUIRE_CURVE_CHAIN_DIGITS];
    const uint8_t *input;
    size_t size;
    read_input(&input, &size);
    size_t curve = input[0], bytes = 16 * input[1];
    const uint8_t *from = input + 8;
    memcpy(p, from, bytes);
    memcpy(points, from + bytes, QUIRE_CURVE_CHAIN_POINTS * bytes);
    memcpy(digits, from + (1 + QUIRE_CURVE_CHAIN_POINTS) * bytes, sizeof digits);
    switch (curve) {
    case QUIRE_CURVE_SECP256K1:
        quire_secp256k1_chain(p, points, digits);
        break;
    case QUIRE_CURVE_SECP256R1:
        quire_secp256r1_chain(p, points, digits);
        break;
    default:
        quire_bn254_chain(p, points, digits);
    }
    write_output((const uint8_t *)p, bytes);
    return 0;
}
