/* %f %e %g: the decimal digits of a number, exactly, in integer arithmetic alone (no soft-float library is linked).
 *
 * A number is significand * 2^exponent. With a negative exponent it is significand * 5^-exponent / 10^-exponent: one
 * big integer and a decimal point. Rounding is to the nearest, ties to even, of the exact value. */
#include "format.h"

#include <ctype.h>

#define LIMB 1000000000u
#define NUM_LIMBS 1286 /* 2^113 * 5^16494, the most of a long double, has 11,564 digits; a double has up to 767 */
#define FIVE_TO_12 244140625u

struct decimal {
    char digits[9 * NUM_LIMBS]; /* as text; no leading zero; digits[0] belongs to 10^(point - 1) */
    long count;
    long point;
};

/* limbs <- limbs * factor + summand, both below LIMB. */
static void multiply(uint32_t *limbs, int *num_limbs, uint32_t factor, uint32_t summand) {
    uint64_t carry = summand;
    for (int i = 0; i < *num_limbs; i++) {
        carry += (uint64_t)limbs[i] * factor;
        limbs[i] = (uint32_t)(carry % LIMB);
        carry /= LIMB;
    }
    if (carry) {
        limbs[(*num_limbs)++] = (uint32_t)carry;
    }
}

static int expand_to_limbs(uint32_t *limbs, unsigned __int128 significand, int exponent) {
    int num_limbs = 0;
    for (int shift = 87; shift >= 0; shift -= 29) { /* 29 bits at a time, from the top */
        multiply(limbs, &num_limbs, 1u << 29, (uint32_t)(significand >> shift) & ((1u << 29) - 1));
    }
    for (int left = exponent; left > 0; left -= 29) {
        multiply(limbs, &num_limbs, 1u << (left < 29 ? left : 29), 0);
    }
    for (int left = -exponent; left >= 12; left -= 12) {
        multiply(limbs, &num_limbs, FIVE_TO_12, 0);
    }
    for (int left = exponent < 0 ? -exponent % 12 : 0; left > 0; left--) {
        multiply(limbs, &num_limbs, 5, 0);
    }
    return num_limbs;
}

static void expand(struct decimal *decimal, const struct real *real) {
    uint32_t limbs[NUM_LIMBS];
    unsigned __int128 significand = real->significand;
    int exponent = real->exponent;
    decimal->count = decimal->point = 0;
    if (!significand) {
        return;
    }
    for (; !(significand & 1) && exponent < 0; exponent++) {
        significand >>= 1;
    }
    for (int i = expand_to_limbs(limbs, significand, exponent) - 1; i >= 0; i--) {
        for (uint32_t scale = LIMB / 10; scale; scale /= 10) {
            char digit = (char)(limbs[i] / scale % 10);
            if (digit || decimal->count) {
                decimal->digits[decimal->count++] = (char)('0' + digit);
            }
        }
    }
    decimal->point = decimal->count + (exponent < 0 ? exponent : 0);
}

static int rounds_up(const struct decimal *decimal, long count) {
    if (decimal->digits[count] != '5') {
        return decimal->digits[count] > '5';
    }
    for (long i = count + 1; i < decimal->count; i++) {
        if (decimal->digits[i] != '0') {
            return 1;
        }
    }
    return count > 0 && decimal->digits[count - 1] & 1;
}

/* Keeps `count` digits (may be negative: then nothing is left). */
static void round_to(struct decimal *decimal, long count) {
    if (count >= decimal->count) {
        return;
    }
    int up = count >= 0 && rounds_up(decimal, count);
    decimal->count = count > 0 ? count : 0;
    while (up && decimal->count > 0 && decimal->digits[decimal->count - 1] == '9') {
        decimal->count--;
    }
    if (up && decimal->count > 0) {
        decimal->digits[decimal->count - 1]++;
    } else if (up) {
        decimal->digits[0] = '1';
        decimal->count = 1;
        decimal->point++;
    }
}

static inline long smaller(long a, long b) { return a < b ? a : b; }
static inline long positive(long value) { return value > 0 ? value : 0; }

static void emit_number(struct sink *sink, const struct conversion *conversion, const struct real *real,
                        const struct piece *pieces, int num_pieces) {
    quire_emit_field(sink, conversion, quire_sign(conversion, real->negative), pieces, num_pieces, conversion->zero);
}

static void emit_fixed(struct sink *sink, const struct conversion *conversion, const struct real *real,
                       const struct decimal *decimal, long precision) {
    long whole = smaller(positive(decimal->point), decimal->count);
    long leading_zeros = smaller(positive(-decimal->point), precision);
    struct piece pieces[6] = {
        {decimal->digits, whole},
        {NULL, decimal->point > 0 ? decimal->point - whole : 1},
        {".", precision > 0 || conversion->alternate},
        {NULL, leading_zeros},
        {decimal->digits + whole, decimal->count - whole},
        {NULL, precision - leading_zeros - (decimal->count - whole)},
    };
    emit_number(sink, conversion, real, pieces, 6);
}

/* e, a sign and at least two digits; returns the size. */
static long write_exponent(char *text, long exponent, char letter) {
    char *at = text;
    *at++ = letter;
    *at++ = exponent < 0 ? '-' : '+';
    exponent = exponent < 0 ? -exponent : exponent;
    for (long scale = 1000; scale; scale /= 10) {
        if (exponent >= scale || scale <= 10) {
            *at++ = (char)('0' + exponent / scale % 10);
        }
    }
    return at - text;
}

static void emit_scientific(struct sink *sink, const struct conversion *conversion, const struct real *real,
                            const struct decimal *decimal, long precision) {
    char exponent[8];
    long size = write_exponent(exponent, decimal->count ? decimal->point - 1 : 0,
                               isupper(conversion->letter) ? 'E' : 'e');
    long fraction = positive(decimal->count - 1);
    struct piece pieces[5] = {
        {decimal->count ? decimal->digits : "0", 1},
        {".", precision > 0 || conversion->alternate},
        {decimal->digits + 1, fraction},
        {NULL, precision - fraction},
        {exponent, size},
    };
    emit_number(sink, conversion, real, pieces, 5);
}

/* %g: scientific notation for exponents below -4 or from the precision on, fixed otherwise; no trailing zeros unless
 * the flag # asks for them. */
static void emit_general(struct sink *sink, const struct conversion *conversion, const struct real *real,
                         struct decimal *decimal, long precision) {
    precision = precision ? precision : 1;
    round_to(decimal, precision);
    long exponent = decimal->count ? decimal->point - 1 : 0;
    int scientific = exponent < -4 || exponent >= precision;
    if (!conversion->alternate) {
        while (decimal->count > 1 && decimal->digits[decimal->count - 1] == '0') {
            decimal->count--;
        }
        precision = decimal->count > exponent || scientific ? decimal->count : exponent + 1;
        precision = precision ? precision : 1;
    }
    if (scientific) {
        emit_scientific(sink, conversion, real, decimal, precision - 1);
    } else {
        emit_fixed(sink, conversion, real, decimal, precision - 1 - exponent);
    }
}

void quire_emit_decimal(struct sink *sink, const struct conversion *conversion, const struct real *real) {
    struct decimal decimal;
    long precision = conversion->precision < 0 ? 6 : conversion->precision;
    expand(&decimal, real);
    switch (conversion->letter | 32) {
    case 'f':
        round_to(&decimal, decimal.point + precision);
        emit_fixed(sink, conversion, real, &decimal, precision);
        break;
    case 'e':
        round_to(&decimal, precision + 1);
        emit_scientific(sink, conversion, real, &decimal, precision);
        break;
    default:
        emit_general(sink, conversion, real, &decimal, precision);
    }
}
