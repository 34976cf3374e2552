/* The one formatter behind every printf: flags, width, precision, lengths, d i u o x X c s p % and the doubles. */
#include "runtime.h"

#include <ctype.h>
#include <stdint.h>
#include <string.h>

struct conversion {
    int left, plus, space, alternate, zero; /* the flags - + blank # 0 */
    int width;
    int precision; /* -1: none given */
    int length;    /* bytes of an integer argument */
    char letter;
};

static void emit(struct sink *sink, const char *text, size_t size) {
    if (size > 0) {
        sink->write(sink, text, size);
        sink->total += size;
    }
}

static void pad(struct sink *sink, char character, long count) {
    char run[32];
    memset(run, character, sizeof run);
    for (; count > 0; count -= (long)sizeof run) {
        emit(sink, run, count < (long)sizeof run ? (size_t)count : sizeof run);
    }
}

/* Sign or prefix, zeros, body, within the width. `zeros` are those that a precision asks for. */
static void emit_field(struct sink *sink, const struct conversion *conversion, const char *prefix, long zeros,
                       const char *body, size_t size, int zero_fill) {
    size_t prefix_size = strlen(prefix);
    long space = conversion->width - (long)(prefix_size + size) - zeros;
    if (zero_fill && !conversion->left && space > 0) {
        zeros += space;
        space = 0;
    }
    if (!conversion->left) {
        pad(sink, ' ', space);
    }
    emit(sink, prefix, prefix_size);
    pad(sink, '0', zeros);
    emit(sink, body, size);
    if (conversion->left) {
        pad(sink, ' ', space);
    }
}

/* Writes the digits so that they end at `end`; returns their start. No digit for 0. */
static char *digits(char *end, uint64_t value, char letter) {
    const char *alphabet = letter == 'X' ? "0123456789ABCDEF" : "0123456789abcdef";
    if (letter == 'x' || letter == 'X' || letter == 'o') {
        unsigned bits = letter == 'o' ? 3 : 4;
        for (; value; value >>= bits) {
            *--end = alphabet[value & ((1u << bits) - 1)];
        }
        return end;
    }
    for (; value; value /= 10) {
        *--end = (char)('0' + value % 10);
    }
    return end;
}

static void emit_integer(struct sink *sink, const struct conversion *conversion, uint64_t value, int negative) {
    char buffer[24], *end = buffer + sizeof buffer;
    char *start = digits(end, value, conversion->letter);
    const char *prefix = "";
    if (conversion->letter == 'd') {
        prefix = negative ? "-" : conversion->plus ? "+" : conversion->space ? " " : "";
    } else if (conversion->alternate && value && conversion->letter != 'o') {
        prefix = conversion->letter == 'X' ? "0X" : conversion->letter == 'x' ? "0x" : "";
    }
    long wanted = conversion->precision < 0 ? 1 : conversion->precision;
    if (conversion->letter == 'o' && conversion->alternate && wanted <= end - start) {
        wanted = end - start + 1; /* an octal number shows its base by a leading zero */
    }
    long zeros = wanted > end - start ? wanted - (end - start) : 0;
    emit_field(sink, conversion, prefix, zeros, start, (size_t)(end - start),
               conversion->zero && conversion->precision < 0);
}

static void emit_double(struct sink *sink, const struct conversion *conversion, uint64_t bits) {
    static char text[1600]; /* 309 digits, a point and at most 1,100 decimals: every double is exact in them */
    int precision = conversion->precision < 0 ? 6 : conversion->precision > 1100 ? 1100 : conversion->precision;
    size_t size = quire_format_double(text, bits & INT64_MAX, conversion->letter, precision, conversion->alternate);
    const char *prefix = bits >> 63 ? "-" : conversion->plus ? "+" : conversion->space ? " " : "";
    emit_field(sink, conversion, prefix, 0, text, size, conversion->zero && isdigit(text[0]));
}

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

static const char *parse_length(struct conversion *conversion, const char *at) {
    conversion->length = 4;
    for (;; at++) {
        switch (*at) {
        case 'h':
            conversion->length /= 2;
            break;
        case 'l':
        case 'z':
        case 'j':
        case 't':
            conversion->length = 8;
            break;
        default:
            return at;
        }
    }
}

static const char *parse_number(int *number, const char *at) {
    for (*number = 0; isdigit(*at); at++) {
        *number = *number * 10 + (*at - '0');
    }
    return at;
}

/* The argument widened to 64 bits as its length says, with or without sign. */
static uint64_t narrow(uint64_t value, int length, int is_signed) {
    unsigned unused = 64 - 8 * (unsigned)length;
    return is_signed ? (uint64_t)((int64_t)(value << unused) >> unused) : value << unused >> unused;
}

/* Reads one conversion; `at` follows its %. Returns what follows its letter. */
static const char *parse_conversion(struct conversion *conversion, const char *at, va_list *arguments) {
    at = parse_flags(conversion, at);
    if (*at == '*') {
        conversion->width = va_arg(*arguments, int);
        at++;
    } else {
        at = parse_number(&conversion->width, at);
    }
    if (conversion->width < 0) {
        conversion->left = 1;
        conversion->width = -conversion->width;
    }
    if (*at == '.' && at[1] == '*') {
        conversion->precision = va_arg(*arguments, int);
        at += 2;
    } else if (*at == '.') {
        at = parse_number(&conversion->precision, at + 1);
    }
    at = parse_length(conversion, at);
    conversion->letter = *at;
    return *at ? at + 1 : at;
}

static void emit_text(struct sink *sink, const struct conversion *conversion, const char *text) {
    text = text ? text : "(null)";
    size_t size = conversion->precision < 0 ? strlen(text) : strnlen(text, (size_t)conversion->precision);
    emit_field(sink, conversion, "", 0, text, size, 0);
}

/* lp64 without floating point: every argument, a double too, takes one dword. Returns 0 for an unknown letter. */
static int emit_argument(struct sink *sink, struct conversion *conversion, va_list *arguments) {
    switch (conversion->letter) {
    case 'd':
    case 'i': {
        int64_t value = (int64_t)narrow(va_arg(*arguments, uint64_t), conversion->length, 1);
        conversion->letter = 'd';
        emit_integer(sink, conversion, value < 0 ? -(uint64_t)value : (uint64_t)value, value < 0);
        return 1;
    }
    case 'u':
    case 'o':
    case 'x':
    case 'X':
        emit_integer(sink, conversion, narrow(va_arg(*arguments, uint64_t), conversion->length, 0), 0);
        return 1;
    case 'p':
        conversion->letter = 'x';
        conversion->alternate = 1;
        emit_integer(sink, conversion, va_arg(*arguments, uint64_t), 0);
        return 1;
    case 'c': {
        char character = (char)va_arg(*arguments, int);
        emit_field(sink, conversion, "", 0, &character, 1, 0);
        return 1;
    }
    case 's':
        emit_text(sink, conversion, va_arg(*arguments, const char *));
        return 1;
    case 'f':
    case 'F':
    case 'e':
    case 'E':
    case 'g':
    case 'G':
        emit_double(sink, conversion, va_arg(*arguments, uint64_t));
        return 1;
    case '%':
        emit(sink, "%", 1);
        return 1;
    default:
        return 0;
    }
}

void quire_format(struct sink *sink, const char *format, va_list arguments) {
    va_list rest;
    va_copy(rest, arguments);
    while (*format) {
        if (*format != '%') {
            size_t plain = 1;
            while (format[plain] && format[plain] != '%') {
                plain++;
            }
            emit(sink, format, plain);
            format += plain;
            continue;
        }
        struct conversion conversion = {.precision = -1};
        const char *after = parse_conversion(&conversion, format + 1, &rest);
        if (!emit_argument(sink, &conversion, &rest)) {
            emit(sink, format, (size_t)(after - format)); /* shown as it stands, so that the mistake is seen */
        }
        format = after;
    }
    va_end(rest);
}
