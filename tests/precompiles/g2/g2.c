/* Reads which field (0: bn254, 1: bls12-381), where the slope of the sum lies, t and q. Writes t + q and its slope, 2 t and its. */
#include <quire.h>
#include <string.h>
#include <zkvm_io.h>

#define DWORDS 12

enum { APART, SLOPE_ON_Q, SLOPE_ON_T };

int main(void) {
    static uint64_t t[2 * DWORDS], q[2 * DWORDS], twice[2 * DWORDS], slopes[2][DWORDS];
    const uint8_t *input;
    size_t size;
    read_input(&input, &size);
    size_t bytes = input[0] ? 96 : 64;
    uint64_t *slope = input[1] == APART ? slopes[0] : input[1] == SLOPE_ON_Q ? q : t + bytes / 8;
    memcpy(t, input + 8, 2 * bytes);
    memcpy(q, input + 8 + 2 * bytes, 2 * bytes);
    memcpy(twice, t, 2 * bytes);
    if (input[0]) {
        quire_g2_bls12_381_add(t, q, slope);
        quire_g2_bls12_381_double(twice, slopes[1]);
    } else {
        quire_g2_bn254_add(t, q, slope);
        quire_g2_bn254_double(twice, slopes[1]);
    }
    write_output((const uint8_t *)t, 2 * bytes);
    write_output((const uint8_t *)slope, bytes);
    write_output((const uint8_t *)twice, 2 * bytes);
    write_output((const uint8_t *)slopes[1], bytes);
    return 0;
}
