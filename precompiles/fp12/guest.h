/* Products in Fp12 = Fp2[w] / (w^6 - xi), for bn254 (xi = 9 + u) and bls12-381 (xi = 1 + u): raw calls of the precompile.
 *
 * An element is its six coefficients in Fp2 = Fp[u] / (u^2 + 1), that of w^0 first, each a0, then a1, for a0 + a1 u:
 * little-endian dwords, aligned to 8 bytes, 4 each for bn254, 6 each for bls12-381. Operands need not be reduced; the result
 * is, that is all its numbers are below the prime. Every call has a result.
 * b may be a, or overlap it: it is read before a is written. */
#ifndef QUIRE_FP12_H
#define QUIRE_FP12_H

#include <quire.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define QUIRE_ECALL_FP12_BN254_MULTIPLY 0x10a0
#define QUIRE_ECALL_FP12_BLS12_381_MULTIPLY 0x10a1

static inline void quire_fp12_call(uint64_t number, uint64_t *a, const uint64_t *b) {
    quire_ecall(number, (uint64_t)(uintptr_t)a, (uint64_t)(uintptr_t)b, 0);
}

/* a <- a b. */
static inline void quire_fp12_bn254_multiply(uint64_t a[48], const uint64_t b[48]) {
    quire_fp12_call(QUIRE_ECALL_FP12_BN254_MULTIPLY, a, b);
}
static inline void quire_fp12_bls12_381_multiply(uint64_t a[72], const uint64_t b[72]) {
    quire_fp12_call(QUIRE_ECALL_FP12_BLS12_381_MULTIPLY, a, b);
}

#ifdef __cplusplus
}
#endif

#endif
