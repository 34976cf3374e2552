/* Chains of doublings and additions of points of elliptic curves: raw calls of the precompile.
 *
 * A point is x, then y, as <curve/guest.h> has it, and curves have the numbers that they have there, but the standard machine
 * has chains on curves of 256 bits only. No call asks whether a point is on its curve.
 *
 * A call does 64 steps, p <- 2 p + q or 2 p - q, each with one of eight points. Digits are four dwords; their highest bits are
 * the first step's: the bits of digits[0], [1] and [2] make the index of the point, the lowest bit first, and the point is
 * added where that of digits[3] is set, subtracted where it is not.
 *
 * So a sum of multiples of four points b_0 .. b_3 is a chain: a multiple k is a sum of digits +-1 at each place (of the bits of
 * (k + 2^64 - 1) / 2, k odd), points[i] is b_3 plus or, where bit j of i is set, minus each other b_j, digits[3] are the bits
 * of the multiple of b_3, and digits[j] those of the multiple of b_j wherever they differ from them. p is 2^64 times what it was,
 * and the sum is added to it. */
#ifndef QUIRE_CURVE_CHAIN_H
#define QUIRE_CURVE_CHAIN_H

#include <curve/curves.h>
#include <quire.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define QUIRE_ECALL_CURVE_CHAIN 0x1060
#define QUIRE_CURVE_CHAIN_STEPS 64
#define QUIRE_CURVE_CHAIN_POINTS 8
#define QUIRE_CURVE_CHAIN_DIGITS 4

/* p <- p after all steps, reduced; `points` are eight, one behind the other. p becomes all zeros if in some step p and q have
 * one x, or p + q (where q is subtracted, p - q) has that of p. The call has no result, which is a trap, if the x of p or of one
 * of the points is not reduced; y need not be. p may overlap the others, which are read before p is written. */
static inline void quire_curve_chain(uint64_t curve, uint64_t *p, const uint64_t *points,
                                     const uint64_t digits[QUIRE_CURVE_CHAIN_DIGITS]) {
    quire_ecall(QUIRE_ECALL_CURVE_CHAIN + curve, (uint64_t)(uintptr_t)p, (uint64_t)(uintptr_t)points, (uint64_t)(uintptr_t)digits);
}

static inline void quire_secp256k1_chain(uint64_t p[8], const uint64_t points[64], const uint64_t digits[4]) {
    quire_curve_chain(QUIRE_CURVE_SECP256K1, p, points, digits);
}
static inline void quire_secp256r1_chain(uint64_t p[8], const uint64_t points[64], const uint64_t digits[4]) {
    quire_curve_chain(QUIRE_CURVE_SECP256R1, p, points, digits);
}
static inline void quire_bn254_chain(uint64_t p[8], const uint64_t points[64], const uint64_t digits[4]) {
    quire_curve_chain(QUIRE_CURVE_BN254, p, points, digits);
}

#ifdef __cplusplus
}
#endif

#endif
