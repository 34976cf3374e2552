/* printf: the format is read here, the arguments are taken here, and the other files of that name print them. */
#include "format.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdint.h>
#include <string.h>

static const char *parse_flags(struct conversion *conversion, const char *at) {
    for (;; at++) {
        switch (*at) {
        case '-':
            conversion->left = 1;
            break;
        case '+':
            conversion->plus = 1;
            break;
        case ' ':
            conversion->space = 1;
            break;
        case '#':
            conversion->alternate = 1;
            break;
        case '0':
            conversion->zero = 1;
            break;
        default:
            return at;
        }
    }
}

/* Digits, or a * that takes an argument. A number that no int holds comes out as INT_MIN. */
static const char *parse_number(int *number, const char *at, va_list *arguments) {
    if (*at == '*') {
        *number = va_arg(*arguments, int);
        return at + 1;
    }
    for (*number = 0; isdigit(*at); at++) {
        if (*number == INT_MIN || __builtin_mul_overflow(*number, 10, number) ||
            __builtin_add_overflow(*number, *at - '0', number)) {
            *number = INT_MIN;
        }
    }
    return at;
}

static const char *parse_length(struct conversion *conversion, const char *at) {
    conversion->length = 4;
    switch (*at) {
    case 'h':
        conversion->length = at[1] == 'h' ? 1 : 2;
        return at + (at[1] == 'h' ? 2 : 1);
    case 'l':
    case 'z':
    case 'j':
    case 't':
        conversion->length = 8;
        return at + (at[0] == 'l' && at[1] == 'l' ? 2 : 1);
    case 'L':
        conversion->length = LONG_DOUBLE;
        return at + 1;
    default:
        return at;
    }
}

/* Reads one conversion; `at` follows its %. Returns what follows its letter, or NULL for a width that is no int. */
static const char *parse_conversion(struct conversion *conversion, const char *at, va_list *arguments) {
    at = parse_flags(conversion, at);
    at = parse_number(&conversion->width, at, arguments);
    if (conversion->width == INT_MIN) {
        return NULL;
    }
    if (conversion->width < 0) {
        conversion->left = 1;
        conversion->width = -conversion->width;
    }
    if (*at == '.') {
        int given = at[1] == '*';
        at = parse_number(&conversion->precision, at + 1, arguments);
        if (conversion->precision == INT_MIN && !given) {
            return NULL;
        }
        if (conversion->precision < 0) {
            conversion->precision = -1; /* a negative argument means none */
        }
    }
    at = parse_length(conversion, at);
    conversion->letter = *at;
    return *at ? at + 1 : at;
}

/* The argument widened to 64 bits as its length says, with or without sign. */
static uint64_t narrow(uint64_t value, int length, int is_signed) {
    unsigned unused = length >= 8 ? 0 : 64 - 8 * (unsigned)length;
    return is_signed ? (uint64_t)((int64_t)(value << unused) >> unused) : value << unused >> unused;
}

static struct real take_apart(unsigned __int128 bits, int exponent_bits, int fraction_bits) {
    int largest = (1 << exponent_bits) - 1, exponent = (int)(bits >> fraction_bits) & largest;
    struct real real = {.fraction_bits = fraction_bits};
    real.significand = bits & (((unsigned __int128)1 << fraction_bits) - 1);
    real.negative = (int)(bits >> (fraction_bits + exponent_bits));
    if (exponent == largest) {
        real.special = real.significand ? "nan" : "inf";
    } else if (exponent) {
        real.significand |= (unsigned __int128)1 << fraction_bits;
    }
    real.exponent = (exponent ? exponent : 1) - largest / 2 - fraction_bits;
    return real;
}

/* lp64 without floating point: a double takes one dword like an integer. */
static void emit_real(struct sink *sink, const struct conversion *conversion, va_list *arguments) {
    struct real real;
    if (conversion->length == LONG_DOUBLE) {
        long double value = va_arg(*arguments, long double);
        unsigned __int128 bits;
        memcpy(&bits, &value, sizeof bits);
        real = take_apart(bits, 15, 112);
    } else {
        real = take_apart(va_arg(*arguments, uint64_t), 11, 52);
    }
    if (real.special) {
        int upper = isupper(conversion->letter), is_nan = real.special[0] == 'n';
        struct piece name = {upper ? (is_nan ? "NAN" : "INF") : real.special, 3};
        quire_emit_field(sink, conversion, quire_sign(conversion, real.negative), &name, 1, 0);
    } else if ((conversion->letter | 32) == 'a') {
        quire_emit_hexadecimal(sink, conversion, &real);
    } else {
        quire_emit_decimal(sink, conversion, &real);
    }
}

static void emit_text(struct sink *sink, const struct conversion *conversion, const char *text) {
    text = text ? text : "(null)";
    size_t size = conversion->precision < 0 ? strlen(text) : strnlen(text, (size_t)conversion->precision);
    quire_emit_field(sink, conversion, "", &(struct piece){text, (long)size}, 1, 0);
}

static void emit_character(struct sink *sink, const struct conversion *conversion, int character) {
    if (conversion->length == 8) {
        struct conversion whole = *conversion;
        whole.precision = -1;
        quire_emit_wide(sink, &whole, &character, 1);
        return;
    }
    char byte = (char)character;
    quire_emit_field(sink, conversion, "", &(struct piece){&byte, 1}, 1, 0);
}

static void store_total(const struct sink *sink, int length, void *place) {
    int64_t total = (int64_t)sink->total;
    memcpy(place, &total, length >= 8 ? 8 : (size_t)length); /* little-endian: the low bytes come first */
}

/* Returns 0 for an unknown letter. */
static int emit_argument(struct sink *sink, struct conversion *conversion, va_list *arguments) {
    switch (conversion->letter) {
    case 'd':
    case 'i': {
        int64_t value = (int64_t)narrow(va_arg(*arguments, uint64_t), conversion->length, 1);
        quire_emit_integer(sink, conversion, value < 0 ? -(uint64_t)value : (uint64_t)value, value < 0);
        return 1;
    }
    case 'u':
    case 'o':
    case 'x':
    case 'X':
        quire_emit_integer(sink, conversion, narrow(va_arg(*arguments, uint64_t), conversion->length, 0), 0);
        return 1;
    case 'p':
        conversion->letter = 'x';
        conversion->alternate = 1;
        quire_emit_integer(sink, conversion, va_arg(*arguments, uint64_t), 0);
        return 1;
    case 'c':
        emit_character(sink, conversion, va_arg(*arguments, int));
        return 1;
    case 's': {
        const void *text = va_arg(*arguments, const void *);
        if (conversion->length == 8 && text) {
            quire_emit_wide(sink, conversion, text, SIZE_MAX);
        } else {
            emit_text(sink, conversion, text);
        }
        return 1;
    }
    case 'a':
    case 'A':
    case 'f':
    case 'F':
    case 'e':
    case 'E':
    case 'g':
    case 'G':
        emit_real(sink, conversion, arguments);
        return 1;
    case 'n':
        store_total(sink, conversion->length, va_arg(*arguments, void *));
        return 1;
    case '%':
        quire_emit(sink, "%", 1);
        return 1;
    default:
        return 0;
    }
}

int quire_format(struct sink *sink, const char *format, va_list arguments) {
    va_list rest;
    va_copy(rest, arguments);
    while (*format && !sink->overflowed) {
        if (*format != '%') {
            size_t plain = 1;
            while (format[plain] && format[plain] != '%') {
                plain++;
            }
            quire_emit(sink, format, plain);
            format += plain;
            continue;
        }
        struct conversion conversion = {.precision = -1};
        const char *after = parse_conversion(&conversion, format + 1, &rest);
        if (!after) {
            sink->overflowed = 1;
            break;
        }
        if (!emit_argument(sink, &conversion, &rest)) {
            quire_emit(sink, format, (size_t)(after - format)); /* shown as it stands, so that the mistake is seen */
        }
        format = after;
    }
    va_end(rest);
    if (sink->overflowed) {
        errno = EOVERFLOW;
        return -1;
    }
    return (int)sink->total;
}
