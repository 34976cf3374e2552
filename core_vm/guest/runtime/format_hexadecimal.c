/* %a: the digits of a number in base 16, and a power of two. Without a precision all that are not zero. */
#include "format.h"

#include <ctype.h>

typedef unsigned __int128 wide;

/* Leaves `count` digits after the point, to the nearest, ties to even. */
static wide round_to(wide significand, int num_digits, int count) {
    int dropped = 4 * (num_digits - count);
    wide half = (wide)1 << (dropped - 1), rest = significand & (2 * half - 1);
    significand >>= dropped;
    return (significand + (rest > half || (rest == half && significand & 1))) << dropped;
}

/* p, a sign and the digits; returns the size. */
static long write_exponent(char *text, int exponent, char letter) {
    char digits[8], *first = digits + sizeof digits, *at = text;
    int magnitude = exponent < 0 ? -exponent : exponent;
    do {
        *--first = (char)('0' + magnitude % 10);
        magnitude /= 10;
    } while (magnitude);
    *at++ = letter;
    *at++ = exponent < 0 ? '-' : '+';
    while (first < digits + sizeof digits) {
        *at++ = *first++;
    }
    return at - text;
}

void quire_emit_hexadecimal(struct sink *sink, const struct conversion *conversion, const struct real *real) {
    int upper = isupper(conversion->letter), num_digits = real->fraction_bits / 4;
    const char *alphabet = upper ? "0123456789ABCDEF" : "0123456789abcdef";
    wide significand = real->significand;
    if (conversion->precision >= 0 && conversion->precision < num_digits) {
        significand = round_to(significand, num_digits, conversion->precision);
    }
    char digits[1 + 28];
    for (int i = 0; i <= num_digits; i++) {
        digits[i] = alphabet[(int)(significand >> (4 * (num_digits - i))) & 15];
    }
    int count = num_digits;
    while (count > 0 && digits[count] == '0') {
        count--;
    }
    long precision = conversion->precision < 0 ? count : conversion->precision;
    char prefix[4], *at = prefix, exponent[8];
    for (const char *sign = quire_sign(conversion, real->negative); *sign;) {
        *at++ = *sign++;
    }
    *at++ = '0';
    *at++ = upper ? 'X' : 'x';
    *at = 0;
    int power = real->significand ? real->exponent + real->fraction_bits : 0;
    struct piece pieces[5] = {
        {digits, 1},
        {".", precision > 0 || conversion->alternate},
        {digits + 1, count},
        {NULL, precision - count},
        {exponent, write_exponent(exponent, power, upper ? 'P' : 'p')},
    };
    quire_emit_field(sink, conversion, prefix, pieces, 5, conversion->zero);
}
