/* Advice for checking that a product of pairings is 1, for bn254 and bls12-381: raw calls of the precompile.
 *
 * NOTHING THAT A CALL WRITES IS PROVED. The executor computes what is described here; a prover may put anything in its place,
 * and numbers that are not reduced: treat it as a private input, and check what you conclude from it.
 *
 * A class of Fp12 modulo Fp6 is given by the t of its element 1 + t w, t in Fp6: the coefficients of w, w^3 and w^5, each a0,
 * then a1, for a0 + a1 u. A pair is x and y of P, then of Q, each coordinate of Q its a0, then a1; neither is infinite. Both are
 * six numbers, little-endian, of 4 (bn254) or 6 dwords, aligned to 8 bytes, in blocks of 36 dwords, all of which a call accesses:
 * those of bn254 are the first 24.
 *
 *   miller: the class times that of the Miller function of the pair, which the optimal ate pairing raises to the power of
 *           (p^12 - 1) / r. Begin with zeros, the class of 1.
 *   root:   for a class f, the class d with which f d^(6 x + 2 + p - p^2 + p^3) (bn254), f d^(p - x) (bls12-381) is that of 1, if
 *           there is one: that is where f^((p^12 - 1) / r) = 1. The pair is not looked at, but read.
 *
 * Every call has a result, whatever the numbers are. */
#ifndef QUIRE_PAIRING_ADVICE_H
#define QUIRE_PAIRING_ADVICE_H

#include <quire.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define QUIRE_PAIRING_ADVICE_DWORDS 36

/* The first call of a curve, to which one of the next two is added. */
#define QUIRE_ECALL_PAIRING_ADVICE_BN254 0x10b0
#define QUIRE_ECALL_PAIRING_ADVICE_BLS12_381 0x10b2
#define QUIRE_PAIRING_ADVICE_MILLER 0
#define QUIRE_PAIRING_ADVICE_ROOT 1

static inline void quire_pairing_advice_call(uint64_t number, uint64_t *state, const uint64_t *pair) {
    quire_ecall(number, (uint64_t)(uintptr_t)state, (uint64_t)(uintptr_t)pair, 0);
}

#ifdef __cplusplus
}
#endif

#endif
