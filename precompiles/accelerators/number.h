/* Numbers of 256 bits and their arithmetic modulo another, one call of the modular precompile an operation.
 *
 * Like the calls, operations put their result into their first operand: a copy of a number costs as much as the
 * instructions of two calls. Operands may be the same number. */
#ifndef QUIRE_NUMBER_H
#define QUIRE_NUMBER_H

#include <quire.h>
#include <stdbool.h>
#include <stdint.h>

#define NUMBER_DWORDS 4

typedef struct {
    uint64_t dwords[NUMBER_DWORDS]; /* the lowest first */
} number;

static const number number_zero;

/* memcpy would be a call. */
static inline void number_copy(number *x, const number *y) { __builtin_memcpy_inline(x, y, sizeof *x); }

static inline void number_add(number *x, const number *y, const number *m) {
    quire_modular_256_add(x->dwords, y->dwords, m->dwords);
}

static inline void number_subtract(number *x, const number *y, const number *m) {
    quire_modular_256_subtract(x->dwords, y->dwords, m->dwords);
}

static inline void number_multiply(number *x, const number *y, const number *m) {
    quire_modular_256_multiply(x->dwords, y->dwords, m->dwords);
}

/* x <- 1 / y, 0 of 0; m is a prime. */
static inline void number_invert(number *x, const number *y, const number *m) {
    quire_modular_256_invert(x->dwords, y->dwords, m->dwords);
}

static inline void number_reduce(number *x, const number *m) { number_add(x, &number_zero, m); }

static inline void number_negate(number *x, const number *m) {
    number value;
    number_copy(&value, &number_zero);
    number_subtract(&value, x, m);
    number_copy(x, &value);
}

static inline bool number_is_zero(const number *x) {
    return !(x->dwords[0] | x->dwords[1] | x->dwords[2] | x->dwords[3]);
}

static inline bool number_equal(const number *x, const number *y) {
    int i = 0;
    while (i < NUMBER_DWORDS && x->dwords[i] == y->dwords[i]) { /* most differ in the first */
        i++;
    }
    return i == NUMBER_DWORDS;
}

static inline bool number_is_less(const number *x, const number *y) {
    int i = NUMBER_DWORDS - 1;
    while (i > 0 && x->dwords[i] == y->dwords[i]) {
        i--;
    }
    return x->dwords[i] < y->dwords[i];
}

/* The bytes in the other order: neighbours, pairs of them, halves. Compilers would see what it is, and swap byte by byte, which is
 * half as many instructions again: hence the step that they do not see through. */
static inline __attribute__((always_inline)) uint64_t number_swapped(uint64_t x) {
    const uint64_t bytes = 0x00ff00ff00ff00ff, pairs = 0x0000ffff0000ffff;
    x = (x >> 8 & bytes) | (x & bytes) << 8;
    __asm__("" : "+r"(x));
    x = (x >> 16 & pairs) | (x & pairs) << 16;
    return x >> 32 | x << 32;
}

/* From 32 bytes, the most significant first, aligned to 8 bytes. */
static inline void number_read(number *x, const uint8_t *bytes) {
    for (int i = 0; i < NUMBER_DWORDS; i++) {
        x->dwords[NUMBER_DWORDS - 1 - i] = number_swapped(((const uint64_t *)bytes)[i]);
    }
}

static inline void number_write(uint8_t *bytes, const number *x) {
    for (int i = 0; i < NUMBER_DWORDS; i++) {
        ((uint64_t *)bytes)[i] = number_swapped(x->dwords[NUMBER_DWORDS - 1 - i]);
    }
}

#endif
