/* What the parts of printf share. */
#ifndef QUIRE_FORMAT_H
#define QUIRE_FORMAT_H

#include "runtime.h"

struct conversion {
    int left, plus, space, alternate, zero; /* the flags - + blank # 0 */
    int width;
    int precision; /* -1: none given */
    int length;    /* bytes of an integer argument, LONG_DOUBLE for a real one */
    char letter;
};

#define LONG_DOUBLE 16

/* Part of a field: `size` bytes of `text`, or as many zeros where there is none. */
struct piece {
    const char *text;
    long size;
};

void quire_emit(struct sink *sink, const char *text, size_t size);

/* Prefix (a sign, a base) and pieces, filled up to the width: with blanks, or with zeros after the prefix. */
void quire_emit_field(struct sink *sink, const struct conversion *conversion, const char *prefix,
                      const struct piece *pieces, int num_pieces, int zero_fill);

/* What a positive number begins with. */
const char *quire_sign(const struct conversion *conversion, int negative);

/* d i u o x X p. The magnitude of a number, and its sign. */
void quire_emit_integer(struct sink *sink, const struct conversion *conversion, uint64_t value, int negative);

/* A binary floating-point number: significand * 2^exponent. */
struct real {
    unsigned __int128 significand; /* its leading bit, where there is one, is bit `fraction_bits` */
    int exponent;
    int fraction_bits;
    int negative;
    const char *special; /* "inf", "nan", or NULL */
};

/* f F e E g G: exact decimals. a A: hexadecimal. */
void quire_emit_decimal(struct sink *sink, const struct conversion *conversion, const struct real *real);
void quire_emit_hexadecimal(struct sink *sink, const struct conversion *conversion, const struct real *real);

/* ls and lc: wide characters as UTF-8. At most `limit` of them, and no part of one beyond the precision. */
void quire_emit_wide(struct sink *sink, const struct conversion *conversion, const int *text, size_t limit);

#endif
