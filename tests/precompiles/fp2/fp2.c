/* Reads which field (0: bn254, 1: bls12-381), a and b; writes a b, a + b, a - b and a a. */
#include <quire.h>
#include <string.h>
#include <zkvm_io.h>

#define DWORDS 12

int main(void) {
    static uint64_t a[DWORDS], b[DWORDS], results[4][DWORDS];
    const uint8_t *input;
    size_t size;
    read_input(&input, &size);
    size_t bytes = input[0] ? 96 : 64;
    memcpy(a, input + 8, bytes);
    memcpy(b, input + 8 + bytes, bytes);
    for (int k = 0; k < 4; k++) {
        memcpy(results[k], a, bytes);
    }
    if (input[0]) {
        quire_fp2_bls12_381_multiply(results[0], b);
        quire_fp2_bls12_381_add(results[1], b);
        quire_fp2_bls12_381_subtract(results[2], b);
        quire_fp2_bls12_381_multiply(results[3], results[3]);
    } else {
        quire_fp2_bn254_multiply(results[0], b);
        quire_fp2_bn254_add(results[1], b);
        quire_fp2_bn254_subtract(results[2], b);
        quire_fp2_bn254_multiply(results[3], results[3]);
    }
    for (int k = 0; k < 4; k++) {
        write_output((const uint8_t *)results[k], bytes);
    }
    return 0;
}
