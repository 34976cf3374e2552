/* Division of numbers in two's complement, by that of their absolute values. */
#include "guest.h"

static void negate(uint64_t x[4]) {
    uint64_t result[4] = {0}, borrow = 0;
    quire_uint256_subtract(result, x, &borrow);
    for (int i = 0; i < 4; i++) {
        x[i] = result[i];
    }
}

void quire_uint256_divide_signed(uint64_t x[4], const uint64_t y[4], uint64_t z[4]) {
    uint64_t divisor[4] = {y[0], y[1], y[2], y[3]};
    int is_negative = (int)(x[3] >> 63), by_negative = (int)(y[3] >> 63);
    if (is_negative) {
        negate(x);
    }
    if (by_negative) {
        negate(divisor);
    }
    quire_uint256_divide(x, divisor, z);
    if (is_negative != by_negative) {
        negate(x);
    }
    if (is_negative) {
        negate(z);
    }
}
