/* printf's output: fields of a width, and integers. */
#include "format.h"

#include <limits.h>
#include <string.h>

/* Whether `size` bytes more can still be told by an int; if not, nothing more is printed. */
static int fits(struct sink *sink, size_t size) {
    sink->overflowed |= size > INT_MAX - sink->total;
    return !sink->overflowed;
}

void quire_emit(struct sink *sink, const char *text, size_t size) {
    if (size > 0 && fits(sink, size)) {
        sink->write(sink, text, size);
        sink->total += size;
    }
}

static void pad(struct sink *sink, char character, long count) {
    char run[32];
    memset(run, character, sizeof run);
    for (; count > 0; count -= (long)sizeof run) {
        quire_emit(sink, run, count < (long)sizeof run ? (size_t)count : sizeof run);
    }
}

void quire_emit_field(struct sink *sink, const struct conversion *conversion, const char *prefix,
                      const struct piece *pieces, int num_pieces, int zero_fill) {
    long prefix_size = (long)strlen(prefix), size = prefix_size, zeros = 0;
    for (int i = 0; i < num_pieces; i++) {
        size += pieces[i].size;
    }
    long space = conversion->width > size ? conversion->width - size : 0;
    if (!fits(sink, (size_t)(size + space))) {
        return;
    }
    if (zero_fill && !conversion->left) {
        zeros = space;
        space = 0;
    }
    if (!conversion->left) {
        pad(sink, ' ', space);
    }
    quire_emit(sink, prefix, (size_t)prefix_size);
    pad(sink, '0', zeros);
    for (int i = 0; i < num_pieces; i++) {
        if (pieces[i].text) {
            quire_emit(sink, pieces[i].text, (size_t)pieces[i].size);
        } else {
            pad(sink, '0', pieces[i].size);
        }
    }
    if (conversion->left) {
        pad(sink, ' ', space);
    }
}

const char *quire_sign(const struct conversion *conversion, int negative) {
    return negative ? "-" : conversion->plus ? "+" : conversion->space ? " " : "";
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

void quire_emit_integer(struct sink *sink, const struct conversion *conversion, uint64_t value, int negative) {
    char buffer[24], *end = buffer + sizeof buffer;
    char letter = conversion->letter, *start = digits(end, value, letter);
    const char *prefix = "";
    if (letter == 'd' || letter == 'i') {
        prefix = quire_sign(conversion, negative);
    } else if (conversion->alternate && value) {
        prefix = letter == 'X' ? "0X" : letter == 'x' ? "0x" : "";
    }
    long wanted = conversion->precision < 0 ? 1 : conversion->precision;
    if (letter == 'o' && conversion->alternate && wanted <= end - start) {
        wanted = end - start + 1; /* an octal number shows its base by a leading zero */
    }
    struct piece pieces[2] = {{NULL, wanted > end - start ? wanted - (end - start) : 0}, {start, end - start}};
    quire_emit_field(sink, conversion, prefix, pieces, 2, conversion->zero && conversion->precision < 0);
}
