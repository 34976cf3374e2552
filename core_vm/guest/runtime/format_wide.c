/* %ls and %lc: wide characters are code points, printed as UTF-8. */
#include "format.h"

/* Returns the number of bytes; what is no code point is printed as the replacement character. */
static size_t encode(char *bytes, unsigned code) {
    if (code > 0x10FFFF || (code >= 0xD800 && code < 0xE000)) {
        code = 0xFFFD;
    }
    if (code < 0x80) {
        bytes[0] = (char)code;
        return 1;
    }
    size_t size = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    for (size_t i = size - 1; i > 0; i--, code >>= 6) {
        bytes[i] = (char)(0x80 | (code & 63));
    }
    bytes[0] = (char)(0xF0u << (4 - size) | code);
    return size;
}

static size_t total_size(const struct conversion *conversion, const int *text, size_t limit) {
    char bytes[4];
    size_t total = 0, largest = conversion->precision < 0 ? SIZE_MAX : (size_t)conversion->precision;
    for (size_t i = 0; i < limit && total < largest && (text[i] || limit == 1); i++) {
        size_t size = encode(bytes, (unsigned)text[i]);
        if (size > largest - total) {
            break;
        }
        total += size;
    }
    return total;
}

void quire_emit_wide(struct sink *sink, const struct conversion *conversion, const int *text, size_t limit) {
    size_t total = total_size(conversion, text, limit);
    struct conversion fill = *conversion;
    fill.width = conversion->width > (long)total ? conversion->width - (int)total : 0;
    if (!fill.left) {
        quire_emit_field(sink, &fill, "", NULL, 0, 0);
    }
    for (char bytes[4]; total > 0; text++) {
        size_t size = encode(bytes, (unsigned)*text);
        quire_emit(sink, bytes, size);
        total -= size;
    }
    if (fill.left) {
        quire_emit_field(sink, &fill, "", NULL, 0, 0);
    }
}
