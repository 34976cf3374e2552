/* Modular arithmetic on 256 and 384 bits, the modulus an operand: raw calls of the precompile, and powers.
 *
 * Numbers are little-endian dwords, aligned to 8 bytes. A modulus of 0 means 2^256 (2^384). Every result is reduced, that is
 * below the modulus; operands need not be. x may lie in y or m: these are read before x is written.
 * A call without a result is a trap; each says when that is. */
#ifndef QUIRE_MODULAR_H
#define QUIRE_MODULAR_H

#include <quire.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define QUIRE_ECALL_MODULAR_256 0x1020
#define QUIRE_ECALL_MODULAR_384 0x1030
#define QUIRE_MODULAR_MULTIPLY 0
#define QUIRE_MODULAR_ADD 1
#define QUIRE_MODULAR_SUBTRACT 2
#define QUIRE_MODULAR_INVERT 3
#define QUIRE_MODULAR_ROOT 4

static inline void quire_modular_call(uint64_t number, uint64_t *x, const uint64_t *y, const uint64_t *m) {
    quire_ecall(number, (uint64_t)(uintptr_t)x, (uint64_t)(uintptr_t)y, (uint64_t)(uintptr_t)m);
}

/* x <- x y mod m. Without a result if x y is 2^263 m (2^391 m) or nearly so, which it never is where x or y is reduced;
 * adding 0 reduces a number. */
static inline void quire_modular_256_multiply(uint64_t x[4], const uint64_t y[4], const uint64_t m[4]) {
    quire_modular_call(QUIRE_ECALL_MODULAR_256 + QUIRE_MODULAR_MULTIPLY, x, y, m);
}
static inline void quire_modular_384_multiply(uint64_t x[6], const uint64_t y[6], const uint64_t m[6]) {
    quire_modular_call(QUIRE_ECALL_MODULAR_384 + QUIRE_MODULAR_MULTIPLY, x, y, m);
}

/* x <- x + y mod m. */
static inline void quire_modular_256_add(uint64_t x[4], const uint64_t y[4], const uint64_t m[4]) {
    quire_modular_call(QUIRE_ECALL_MODULAR_256 + QUIRE_MODULAR_ADD, x, y, m);
}
static inline void quire_modular_384_add(uint64_t x[6], const uint64_t y[6], const uint64_t m[6]) {
    quire_modular_call(QUIRE_ECALL_MODULAR_384 + QUIRE_MODULAR_ADD, x, y, m);
}

/* x <- x - y mod m. */
static inline void quire_modular_256_subtract(uint64_t x[4], const uint64_t y[4], const uint64_t m[4]) {
    quire_modular_call(QUIRE_ECALL_MODULAR_256 + QUIRE_MODULAR_SUBTRACT, x, y, m);
}
static inline void quire_modular_384_subtract(uint64_t x[6], const uint64_t y[6], const uint64_t m[6]) {
    quire_modular_call(QUIRE_ECALL_MODULAR_384 + QUIRE_MODULAR_SUBTRACT, x, y, m);
}

/* x <- 1 / y mod m, and 0 where y is 0 mod m. Without a result if y, not 0, has a factor in common with m. */
static inline void quire_modular_256_invert(uint64_t x[4], const uint64_t y[4], const uint64_t m[4]) {
    quire_modular_call(QUIRE_ECALL_MODULAR_256 + QUIRE_MODULAR_INVERT, x, y, m);
}
static inline void quire_modular_384_invert(uint64_t x[6], const uint64_t y[6], const uint64_t m[6]) {
    quire_modular_call(QUIRE_ECALL_MODULAR_384 + QUIRE_MODULAR_INVERT, x, y, m);
}

/* x <- the even number below m whose square is y or -y mod m; square it to see which.
 * ONLY FOR A PRIME m WITH m mod 4 = 3, where there is exactly one. Of any other modulus, a proof may show any such number: so
 * never call it with a modulus that comes from outside. Without a result if the executor finds none. */
static inline void quire_modular_256_root(uint64_t x[4], const uint64_t y[4], const uint64_t m[4]) {
    quire_modular_call(QUIRE_ECALL_MODULAR_256 + QUIRE_MODULAR_ROOT, x, y, m);
}
static inline void quire_modular_384_root(uint64_t x[6], const uint64_t y[6], const uint64_t m[6]) {
    quire_modular_call(QUIRE_ECALL_MODULAR_384 + QUIRE_MODULAR_ROOT, x, y, m);
}

/* x <- x^exponent mod m, the exponent of so many dwords, lowest first; 1 mod m for an exponent of 0. x must not lie in m. */
void quire_modular_256_power(uint64_t x[4], const uint64_t *exponent, size_t dwords, const uint64_t m[4]);
void quire_modular_384_power(uint64_t x[6], const uint64_t *exponent, size_t dwords, const uint64_t m[6]);

#ifdef __cplusplus
}
#endif

#endif
