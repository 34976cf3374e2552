/* Multiplication of long double, bit for bit as IEEE 754 has it: the compiler's library loses a carry between the
 * halves of some products. A NaN among the operands comes back quiet; of two, the first. */
#include <stdint.h>

#define FORMAT 128
#include "soft_float.h"

/* The upper 128 bits of a product, the lower ones in `low`. */
static wide multiply(wide a, wide b, wide *low) {
    uint64_t a_high = (uint64_t)(a >> 64), b_high = (uint64_t)(b >> 64), a_low = (uint64_t)a, b_low = (uint64_t)b;
    wide lowest = (wide)a_low * b_low, first = (wide)a_high * b_low, second = (wide)a_low * b_high;
    wide middle = (lowest >> 64) + (uint64_t)first + (uint64_t)second;
    *low = middle << 64 | (uint64_t)lowest;
    return (wide)a_high * b_high + (first >> 64) + (second >> 64) + (middle >> 64);
}

static inline wide multiply_ordinary(wide left, wide right) {
    wide a, b, low;
    int exponent = take_apart_128(left, &a) - BIAS;
    exponent += take_apart_128(right, &b);
    /* Leading bits at 127 and 114: that of the upper half is at 113, where one bit more than a significand begins, or
     * one above. */
    wide high = multiply(a << 15, b << 2, &low);
    int rest = low != 0;
    if (high >> (FRACTION_BITS + 2)) {
        rest |= (int)(high & 1);
        high >>= 1;
        exponent++;
    }
    return put_together_128(high, exponent, rest);
}

static inline wide multiply_special(wide left, wide right, wide sign) {
    if (left != INFINITY_BITS && right != INFINITY_BITS) {
        return sign; /* one is zero */
    }
    return left == 0 || right == 0 ? INFINITY_BITS | QUIET : sign | INFINITY_BITS;
}

long double __multf3(long double left, long double right) {
    return on_bits_128(left, right, multiply_ordinary, multiply_special);
}
