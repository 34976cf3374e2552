/* Reads which field (0: bn254, 1: bls12-381), a and b; writes a b, a a, and what stands in a row of three numbers of Fp2 and an
 * element when the element that begins with the first of them becomes its product with the one that begins with the last. */
#include <quire.h>
#include <string.h>
#include <zkvm_io.h>

#define DWORDS 72

static void multiply(int is_long, uint64_t *a, const uint64_t *b) {
    if (is_long) {
        quire_fp12_bls12_381_multiply(a, b);
    } else {
        quire_fp12_bn254_multiply(a, b);
    }
}

int main(void) {
    static uint64_t a[DWORDS], b[DWORDS], row[2 * DWORDS];
    const uint8_t *input;
    size_t size;
    read_input(&input, &size);
    size_t bytes = input[0] ? 8 * DWORDS : 8 * 48;
    memcpy(a, input + 8, bytes);
    memcpy(b, input + 8 + bytes, bytes);
    memcpy(row, a, bytes);
    multiply(input[0], row, b);
    write_output((const uint8_t *)row, bytes);
    memcpy(row, a, bytes);
    multiply(input[0], row, row);
    write_output((const uint8_t *)row, bytes);
    memcpy(row, a, bytes / 2);
    memcpy((uint8_t *)row + bytes / 2, b, bytes);
    multiply(input[0], row, row + bytes / 16);
    write_output((const uint8_t *)row, bytes + bytes / 2);
    return 0;
}
