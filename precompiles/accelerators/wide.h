/* Numbers of any length, in plain instructions: products and remainders. */
#ifndef QUIRE_WIDE_H
#define QUIRE_WIDE_H

#include <stddef.h>
#include <stdint.h>

/* A divisor of which the highest bit is set. Numbers have their lowest dword first. */
typedef struct {
    const uint64_t *dwords;
    size_t length;       /* at least 2 */
    uint64_t reciprocal; /* of the highest dword d: (2^128 - 1) / d - 2^64 */
} wide_divisor;

void quire_wide_set_divisor(wide_divisor *d, const uint64_t *dwords, size_t length);

/* product <- x y, of 2 `length` dwords; not where x or y is. */
void quire_wide_multiply(uint64_t *product, const uint64_t *x, const uint64_t *y, size_t length);

/* x <- x mod d. Its highest `d->length` dwords are a number below d; the remainder are its lowest ones. */
void quire_wide_reduce(uint64_t *x, size_t length, const wide_divisor *d);

#endif
