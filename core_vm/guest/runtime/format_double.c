/* The decimal digits of a double, exactly, in integer arithmetic alone (no soft-float library is linked).
 *
 * A double is mantissa * 2^exponent. With a negative exponent it is mantissa * 5^-exponent / 10^-exponent: one big
 * integer and a decimal point. Rounding is to the nearest, ties to even, of the exact value. */
#include "runtime.h"

#include <ctype.h>
#include <string.h>

#define LIMB 1000000000u
#define NUM_LIMBS 88      /* 2^53 * 5^1074 has 767 digits */
#define NUM_DIGITS (9 * NUM_LIMBS)

struct decimal {
    char digits[NUM_DIGITS + 1]; /* values 0..9; no leading zero; digits[0] belongs to 10^(point - 1) */
    int count;
    int point;
};

static void multiply(uint32_t *limbs, int *num_limbs, uint32_t factor) {
    uint64_t carry = 0;
    for (int i = 0; i < *num_limbs; i++) {
        carry += (uint64_t)limbs[i] * factor;
        limbs[i] = (uint32_t)(carry % LIMB);
        carry /= LIMB;
    }
    if (carry) {
        limbs[(*num_limbs)++] = (uint32_t)carry;
    }
}

static void expand(struct decimal *decimal, uint64_t bits) {
    uint64_t mantissa = bits & ((1ul << 52) - 1);
    int exponent = (int)(bits >> 52);
    mantissa |= exponent ? 1ul << 52 : 0;
    exponent = (exponent ? exponent : 1) - 1075;
    for (; mantissa && !(mantissa & 1) && exponent < 0; exponent++) {
        mantissa >>= 1;
    }
    uint32_t limbs[NUM_LIMBS];
    int num_limbs = 0;
    for (uint64_t rest = mantissa; rest; rest /= LIMB) {
        limbs[num_limbs++] = (uint32_t)(rest % LIMB);
    }
    for (int i = exponent; i > 0; i -= 16) {
        multiply(limbs, &num_limbs, 1u << (i < 16 ? i : 16));
    }
    for (int i = mantissa ? exponent : 0; i < 0; i++) {
        multiply(limbs, &num_limbs, 5);
    }
    decimal->count = 0;
    for (int i = num_limbs - 1; i >= 0; i--) {
        uint32_t scale = LIMB / 10;
        for (; scale; scale /= 10) {
            char digit = (char)(limbs[i] / scale % 10);
            if (digit || decimal->count) {
                decimal->digits[decimal->count++] = digit;
            }
        }
    }
    decimal->point = decimal->count + (exponent < 0 && mantissa ? exponent : 0);
}

/* Keeps `count` digits (may be negative: then nothing is left). */
static void round_to(struct decimal *decimal, int count) {
    if (count >= decimal->count) {
        return;
    }
    if (count < 0) {
        decimal->count = 0;
        return;
    }
    int up = decimal->digits[count] > 5;
    if (decimal->digits[count] == 5) {
        up = count > 0 && decimal->digits[count - 1] & 1;
        for (int i = count + 1; i < decimal->count; i++) {
            up |= decimal->digits[i] != 0;
        }
    }
    decimal->count = count;
    while (up && decimal->count > 0 && decimal->digits[decimal->count - 1] == 9) {
        decimal->count--;
    }
    if (up && decimal->count > 0) {
        decimal->digits[decimal->count - 1]++;
    } else if (up) {
        decimal->digits[0] = 1;
        decimal->count = 1;
        decimal->point++;
    }
}

static char digit_at(const struct decimal *decimal, int index) {
    return (char)('0' + (index >= 0 && index < decimal->count ? decimal->digits[index] : 0));
}

static size_t write_fixed(char *text, const struct decimal *decimal, int precision, int keep_point) {
    char *at = text;
    for (int i = decimal->point > 0 ? 0 : decimal->point - 1; i < decimal->point; i++) {
        *at++ = digit_at(decimal, i);
    }
    if (precision > 0 || keep_point) {
        *at++ = '.';
    }
    for (int i = 0; i < precision; i++) {
        *at++ = digit_at(decimal, decimal->point + i);
    }
    return (size_t)(at - text);
}

static size_t write_scientific(char *text, const struct decimal *decimal, int precision, int keep_point, char letter) {
    char *at = text;
    int exponent = decimal->count ? decimal->point - 1 : 0;
    *at++ = digit_at(decimal, 0);
    if (precision > 0 || keep_point) {
        *at++ = '.';
    }
    for (int i = 1; i <= precision; i++) {
        *at++ = digit_at(decimal, i);
    }
    *at++ = letter;
    *at++ = exponent < 0 ? '-' : '+';
    exponent = exponent < 0 ? -exponent : exponent;
    if (exponent >= 100) {
        *at++ = (char)('0' + exponent / 100);
    }
    *at++ = (char)('0' + exponent / 10 % 10);
    *at++ = (char)('0' + exponent % 10);
    return (size_t)(at - text);
}

/* %g: scientific notation for exponents below -4 or from the precision on, fixed otherwise; no trailing zeros unless
 * `keep_zeros` (the flag #) asks for them. */
static size_t write_general(char *text, struct decimal *decimal, int precision, int keep_zeros, char letter) {
    precision = precision ? precision : 1;
    round_to(decimal, precision);
    int exponent = decimal->count ? decimal->point - 1 : 0;
    int scientific = exponent < -4 || exponent >= precision;
    if (!keep_zeros) {
        while (decimal->count > 1 && decimal->digits[decimal->count - 1] == 0) {
            decimal->count--;
        }
        precision = decimal->count > exponent || scientific ? decimal->count : exponent + 1;
        precision = precision ? precision : 1;
    }
    if (scientific) {
        return write_scientific(text, decimal, precision - 1, keep_zeros, letter);
    }
    return write_fixed(text, decimal, precision - 1 - exponent, keep_zeros);
}

/* Formats the absolute value; returns the number of characters. `keep_point`: show the point even without decimals. */
size_t quire_format_double(char *text, uint64_t bits, char conversion, int precision, int keep_point) {
    int upper = isupper(conversion);
    if (bits >> 52 == 0x7ff) {
        const char *name = bits << 12 ? (upper ? "NAN" : "nan") : (upper ? "INF" : "inf");
        memcpy(text, name, 3);
        return 3;
    }
    struct decimal decimal;
    expand(&decimal, bits);
    switch (conversion | 32) {
    case 'f':
        round_to(&decimal, decimal.point + precision);
        return write_fixed(text, &decimal, precision, keep_point);
    case 'e':
        round_to(&decimal, precision + 1);
        return write_scientific(text, &decimal, precision, keep_point, conversion);
    default:
        return write_general(text, &decimal, precision, keep_point, upper ? 'E' : 'e');
    }
}
