/* 256-bit integers: raw calls of the precompile, and comparisons.
 *
 * Numbers are four little-endian dwords, aligned to 8 bytes; carries are dwords. What is written may lie in y, which is
 * read first; x must not overlap the carry or z: that is a trap. */
#ifndef QUIRE_UINT256_H
#define QUIRE_UINT256_H

#include <quire.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define QUIRE_ECALL_UINT256_ADD 0x1080
#define QUIRE_ECALL_UINT256_SUBTRACT 0x1081
#define QUIRE_ECALL_UINT256_COMPARE 0x1082
#define QUIRE_ECALL_UINT256_MULTIPLY 0x1088
#define QUIRE_ECALL_UINT256_MULTIPLY_ADD 0x1089
#define QUIRE_ECALL_UINT256_DIVIDE 0x108a

static inline void quire_uint256_call(uint64_t number, const uint64_t *x, const uint64_t *y, uint64_t *z) {
    quire_ecall(number, (uint64_t)(uintptr_t)x, (uint64_t)(uintptr_t)y, (uint64_t)(uintptr_t)z);
}

/* x <- x + y + carry modulo 2^256, and carry <- 1 if that was less than the sum, else 0. A trap unless carry is 0 or 1. */
static inline void quire_uint256_add(uint64_t x[4], const uint64_t y[4], uint64_t *carry) {
    quire_uint256_call(QUIRE_ECALL_UINT256_ADD, x, y, carry);
}

/* x <- x - y - borrow modulo 2^256, and borrow <- 1 if x was less than y + borrow, else 0. A trap unless borrow is 0 or 1. */
static inline void quire_uint256_subtract(uint64_t x[4], const uint64_t y[4], uint64_t *borrow) {
    quire_uint256_call(QUIRE_ECALL_UINT256_SUBTRACT, x, y, borrow);
}

/* The same borrow; x stays as it is. */
static inline void quire_uint256_compare(const uint64_t x[4], const uint64_t y[4], uint64_t *borrow) {
    quire_uint256_call(QUIRE_ECALL_UINT256_COMPARE, x, y, borrow);
}

/* 1 if x < y, else 0. */
static inline uint64_t quire_uint256_less(const uint64_t x[4], const uint64_t y[4]) {
    uint64_t borrow = 0;
    quire_uint256_compare(x, y, &borrow);
    return borrow;
}

/* The same of numbers in two's complement. */
static inline uint64_t quire_uint256_less_signed(const uint64_t x[4], const uint64_t y[4]) {
    return quire_uint256_less(x, y) ^ ((x[3] ^ y[3]) >> 63);
}

/* x, z <- the low and the high half of x y, whatever z was. */
static inline void quire_uint256_multiply(uint64_t x[4], const uint64_t y[4], uint64_t z[4]) {
    quire_uint256_call(QUIRE_ECALL_UINT256_MULTIPLY, x, y, z);
}

/* x, z <- the low and the high half of x y + z: a step in a product of longer numbers. */
static inline void quire_uint256_multiply_add(uint64_t x[4], const uint64_t y[4], uint64_t z[4]) {
    quire_uint256_call(QUIRE_ECALL_UINT256_MULTIPLY_ADD, x, y, z);
}

/* x, z <- the quotient and the remainder of x by y, whatever z was; both are 0 if y is. */
static inline void quire_uint256_divide(uint64_t x[4], const uint64_t y[4], uint64_t z[4]) {
    quire_uint256_call(QUIRE_ECALL_UINT256_DIVIDE, x, y, z);
}

/* The same of numbers in two's complement: the quotient rounded towards 0, the remainder with the sign of x; and -2^255 by
 * -1 is -2^255, remainder 0. z may be none of x and y. */
void quire_uint256_divide_signed(uint64_t x[4], const uint64_t y[4], uint64_t z[4]);

#ifdef __cplusplus
}
#endif

#endif
