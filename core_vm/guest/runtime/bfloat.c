/* Conversions to __bf16, the upper half of a float, which the compiler's library lacks: the nearest one, ties to even.
 * In the other direction, and for arithmetic, compilers go by way of float themselves. */
#include <stdint.h>
#include <string.h>

#define INFINITY_BITS UINT32_C(0x7f800000)
#define SIGN UINT32_C(0x80000000)
#define QUIET UINT32_C(0x00400000)

static inline uint32_t bits_of(float value) {
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

static inline __bf16 upper_half(uint32_t bits) {
    uint16_t half = (uint16_t)(bits >> 16);
    __bf16 value;
    memcpy(&value, &half, sizeof value);
    return value;
}

/* A carry out of the fraction is the next exponent, and out of the largest number infinity. */
static inline __bf16 nearest(uint32_t bits) {
    if ((bits & ~SIGN) > INFINITY_BITS) {
        return upper_half(bits | QUIET);
    }
    return upper_half(bits + 0x7fff + (bits >> 16 & 1));
}

/* What is rounded twice to the nearest can end at the wrong one. So the first time it is rounded to odd: of the two
 * floats beside a number that is none, the one whose last bit is set. It has 16 bits more than the result, and is a tie
 * of the second rounding only where the number is. */
static inline uint32_t odd(uint32_t bits, int is_exact, int is_too_large) {
    if (is_exact || (bits & 1)) {
        return bits;
    }
    return is_too_large ? bits - 1 : bits + 1;
}

__bf16 __truncsfbf2(float value) { return nearest(bits_of(value)); }

__bf16 __truncdfbf2(double value) {
    float single = (float)value;
    if (value != value) {
        return nearest(bits_of(single));
    }
    int is_too_large = value < 0 ? single < value : single > value;
    return nearest(odd(bits_of(single), single == value, is_too_large));
}

__bf16 __trunctfbf2(long double value) {
    float single = (float)value;
    if (value != value) {
        return nearest(bits_of(single));
    }
    int is_too_large = value < 0 ? single < value : single > value;
    return nearest(odd(bits_of(single), single == value, is_too_large));
}
