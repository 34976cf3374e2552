/* Reads the number of dwords, x, y and m; writes x y, x + y, x - y, 1 / y, the root of y, x^y, x^0, and x + x modulo 2^bits. */
#include <quire.h>
#include <string.h>
#include <zkvm_io.h>

#define DWORDS 6

int main(void) {
    static uint64_t x[DWORDS], y[DWORDS], m[DWORDS], zero[DWORDS], results[8][DWORDS];
    const uint8_t *input;
    size_t size;
    read_input(&input, &size);
    size_t dwords = input[0], bytes = 8 * dwords;
    uint64_t number = dwords == 4 ? QUIRE_ECALL_MODULAR_256 : QUIRE_ECALL_MODULAR_384;
    memcpy(x, input + 8, bytes);
    memcpy(y, input + 8 + bytes, bytes);
    memcpy(m, input + 8 + 2 * bytes, bytes);
    for (int i = 0; i < 8; i++) {
        memcpy(results[i], x, bytes);
    }
    if (dwords == 4) {
        quire_modular_256_multiply(results[0], y, m);
        quire_modular_256_add(results[1], y, m);
        quire_modular_256_subtract(results[2], y, m);
        quire_modular_256_invert(results[3], y, m);
        quire_modular_256_root(results[4], y, m);
        quire_modular_256_power(results[5], y, dwords, m);
        quire_modular_256_power(results[6], zero, dwords, m);
    } else {
        quire_modular_384_multiply(results[0], y, m);
        quire_modular_384_add(results[1], y, m);
        quire_modular_384_subtract(results[2], y, m);
        quire_modular_384_invert(results[3], y, m);
        quire_modular_384_root(results[4], y, m);
        quire_modular_384_power(results[5], y, dwords, m);
        quire_modular_384_power(results[6], zero, dwords, m);
    }
    quire_modular_call(number + QUIRE_MODULAR_ADD, results[7], results[7], zero); /* in place, and wrapping */
    for (int i = 0; i < 8; i++) {
        write_output((const uint8_t *)results[i], bytes);
    }
    return 0;
}
