/* Arithmetic in Fp2 = Fp[u] / (u^2 + 1) over the primes of bn254 and bls12-381: raw calls of the precompile.
 *
 * An element is a0, then a1, for a0 + a1 u: little-endian dwords, aligned to 8 bytes, 4 each for bn254, 6 each for bls12-381.
 * Operands need not be reduced; every result is, that is both its parts are below the prime. Every call has a result.
 * b may be a, or overlap it: it is read before a is written. */
#ifndef QUIRE_FP2_H
#define QUIRE_FP2_H

#include <quire.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define QUIRE_ECALL_FP2_BN254 0x1050
#define QUIRE_ECALL_FP2_BLS12_381 0x1058
#define QUIRE_FP2_MULTIPLY 0
#define QUIRE_FP2_ADD 1
#define QUIRE_FP2_SUBTRACT 2

static inline void quire_fp2_call(uint64_t number, uint64_t *a, const uint64_t *b) {
    quire_ecall(number, (uint64_t)(uintptr_t)a, (uint64_t)(uintptr_t)b, 0);
}

/* a <- a b. */
static inline void quire_fp2_bn254_multiply(uint64_t a[8], const uint64_t b[8]) {
    quire_fp2_call(QUIRE_ECALL_FP2_BN254 + QUIRE_FP2_MULTIPLY, a, b);
}
static inline void quire_fp2_bls12_381_multiply(uint64_t a[12], const uint64_t b[12]) {
    quire_fp2_call(QUIRE_ECALL_FP2_BLS12_381 + QUIRE_FP2_MULTIPLY, a, b);
}

/* a <- a + b. */
static inline void quire_fp2_bn254_add(uint64_t a[8], const uint64_t b[8]) {
    quire_fp2_call(QUIRE_ECALL_FP2_BN254 + QUIRE_FP2_ADD, a, b);
}
static inline void quire_fp2_bls12_381_add(uint64_t a[12], const uint64_t b[12]) {
    quire_fp2_call(QUIRE_ECALL_FP2_BLS12_381 + QUIRE_FP2_ADD, a, b);
}

/* a <- a - b. */
static inline void quire_fp2_bn254_subtract(uint64_t a[8], const uint64_t b[8]) {
    quire_fp2_call(QUIRE_ECALL_FP2_BN254 + QUIRE_FP2_SUBTRACT, a, b);
}
static inline void quire_fp2_bls12_381_subtract(uint64_t a[12], const uint64_t b[12]) {
    quire_fp2_call(QUIRE_ECALL_FP2_BLS12_381 + QUIRE_FP2_SUBTRACT, a, b);
}

#ifdef __cplusplus
}
#endif

#endif
