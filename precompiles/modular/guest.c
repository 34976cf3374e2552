/* Powers modulo m by squaring and multiplying, from the highest bit of the exponent on. */
#include "guest.h"

#include <string.h>

#define MAX_DWORDS 6

/* The calls of one size, from `number` on. */
static void power(uint64_t number, size_t size, uint64_t *x, const uint64_t *exponent, size_t dwords, const uint64_t *m) {
    static const uint64_t zero[MAX_DWORDS], one[MAX_DWORDS] = {1};
    uint64_t base[MAX_DWORDS], value[MAX_DWORDS];
    memcpy(base, x, 8 * size);
    memcpy(value, one, 8 * size);
    quire_modular_call(number + QUIRE_MODULAR_ADD, base, zero, m); /* reduced, so that products of it have a result */
    quire_modular_call(number + QUIRE_MODULAR_ADD, value, zero, m);
    while (dwords && !exponent[dwords - 1]) {
        dwords--;
    }
    for (size_t i = dwords; i-- > 0;) {
        int bit = i + 1 == dwords ? 63 - __builtin_clzll(exponent[i]) : 63;
        for (; bit >= 0; bit--) {
            quire_modular_call(number + QUIRE_MODULAR_MULTIPLY, value, value, m);
            if (exponent[i] >> bit & 1) {
                quire_modular_call(number + QUIRE_MODULAR_MULTIPLY, value, base, m);
            }
        }
    }
    memcpy(x, value, 8 * size);
}

void quire_modular_256_power(uint64_t x[4], const uint64_t *exponent, size_t dwords, const uint64_t m[4]) {
    power(QUIRE_ECALL_MODULAR_256, 4, x, exponent, dwords, m);
}

void quire_modular_384_power(uint64_t x[6], const uint64_t *exponent, size_t dwords, const uint64_t m[6]) {
    power(QUIRE_ECALL_MODULAR_384, 6, x, exponent, dwords, m);
}
