/* Division of float, double and long double, bit for bit as IEEE 754 has it: the compiler's library rounds quotients
 * below the normal numbers wrongly. A NaN among the operands comes back quiet; of two, the dividend. */
#include <stdint.h>

#define FORMAT 32
#include "soft_float.h"

/* One digit of a long division: the quotient, and the new remainder in place of the old. */
static inline uint64_t digit_of_dword(uint64_t *remainder, uint64_t divisor) {
    uint64_t digit = *remainder / divisor;
    *remainder -= digit * divisor;
    return digit;
}

/* Divides the upper halves. The divisor's has 49 bits and is taken one too large, the digit has at most 15 bits: so
 * the estimate is at most one too small. */
static inline uint64_t digit_of_wide(wide *remainder, wide divisor) {
    uint64_t digit = (uint64_t)(*remainder >> 64) / ((uint64_t)(divisor >> 64) + 1);
    *remainder -= digit * divisor;
    if (*remainder >= divisor) {
        *remainder -= divisor;
        digit++;
    }
    return digit;
}

#define DIGIT_OF digit_of_dword
#include "division_template.h"

float __divsf3(float dividend, float divisor) {
    return on_bits_32(dividend, divisor, divide_ordinary_32, divide_special_32);
}

#undef FORMAT
#define FORMAT 64
#include "soft_float.h"

#include "division_template.h"

double __divdf3(double dividend, double divisor) {
    return on_bits_64(dividend, divisor, divide_ordinary_64, divide_special_64);
}

#undef FORMAT
#undef DIGIT_OF
#define FORMAT 128
#define DIGIT_OF digit_of_wide
#include "soft_float.h"

#include "division_template.h"

long double __divtf3(long double dividend, long double divisor) {
    return on_bits_128(dividend, divisor, divide_ordinary_128, divide_special_128);
}
