/* Addition and doubling of points over Fp2 = Fp[u] / (u^2 + 1), with the line through them: on the twists
 * y^2 = x^3 + b of bn254 and bls12-381, of which G2 are subgroups. Raw calls of the precompile.
 *
 * An element is a0, then a1, for a0 + a1 u: little-endian dwords, 4 each for bn254, 6 each for bls12-381. A point is x, then
 * y. A line y = slope x + intercept is three elements, as they lie in the extension of degree twelve: slope, 0, intercept for bn254,
 * intercept, 0, slope for bls12-381. The one between has to be 0 before, and stays so. Everything is aligned to 8 bytes. There is no point at infinity, and no call asks whether a point is on its curve: check
 * what comes from outside. Every result is reduced, that is all its parts are below the prime.
 * A call without a result is a trap; each says when that is: a guest that cannot exclude it compares first. q may overlap t
 * and the line, as it is read before these are written; the line must not overlap t. */
#ifndef QUIRE_G2_H
#define QUIRE_G2_H

#include <quire.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define QUIRE_ECALL_G2_BN254 0x1070
#define QUIRE_ECALL_G2_BLS12_381 0x1078
#define QUIRE_G2_ADD 0
#define QUIRE_G2_DOUBLE 1

/* t <- t + q, line <- that through t and q, slope (y_q - y_t) / (x_q - x_t). Without a result if there is no part, of the two, in which both x are
 * reduced and differ: of reduced points if t = q (double it) or t = -q (the sum is the point at infinity). */
static inline void quire_g2_add(uint64_t calls, uint64_t *t, const uint64_t *q, uint64_t *line) {
    quire_ecall(calls + QUIRE_G2_ADD, (uint64_t)(uintptr_t)t, (uint64_t)(uintptr_t)q, (uint64_t)(uintptr_t)line);
}

/* t <- 2 t, line <- the tangent at t, slope 3 x_t^2 / 2 y_t. Without a result if no part of y is reduced and not 0. The call reads a second point, of no
 * effect: t once more. */
static inline void quire_g2_double(uint64_t calls, uint64_t *t, uint64_t *line) {
    quire_ecall(calls + QUIRE_G2_DOUBLE, (uint64_t)(uintptr_t)t, (uint64_t)(uintptr_t)t, (uint64_t)(uintptr_t)line);
}

static inline void quire_g2_bn254_add(uint64_t t[16], const uint64_t q[16], uint64_t line[24]) {
    quire_g2_add(QUIRE_ECALL_G2_BN254, t, q, line);
}
static inline void quire_g2_bn254_double(uint64_t t[16], uint64_t line[24]) {
    quire_g2_double(QUIRE_ECALL_G2_BN254, t, line);
}
static inline void quire_g2_bls12_381_add(uint64_t t[24], const uint64_t q[24], uint64_t line[36]) {
    quire_g2_add(QUIRE_ECALL_G2_BLS12_381, t, q, line);
}
static inline void quire_g2_bls12_381_double(uint64_t t[24], uint64_t line[36]) {
    quire_g2_double(QUIRE_ECALL_G2_BLS12_381, t, line);
}

#ifdef __cplusplus
}
#endif

#endif
