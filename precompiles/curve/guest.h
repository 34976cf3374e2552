/* Addition and doubling of points of elliptic curves: raw calls of the precompile. Chains of both are in <curve/chain.h>.
 *
 * A point is x, then y: little-endian dwords, aligned to 8 bytes, 4 each for secp256k1, secp256r1 and bn254 (G1), 6 each for
 * bls12-381 (G1). There is no point at infinity, and no call asks whether a point is on its curve: check what comes from
 * outside. Every result is reduced, that is both its coordinates are below the curve's prime.
 * A call without a result is a trap; each says when that is: a guest that cannot exclude it compares first. */
#ifndef QUIRE_CURVE_H
#define QUIRE_CURVE_H

#include <curve/chain.h>
#include <curve/curves.h>
#include <quire.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define QUIRE_ECALL_CURVE_ADD 0x1040
#define QUIRE_ECALL_CURVE_DOUBLE 0x1048

/* p <- p + q. Without a result if the x of p or of q is not reduced, or if both are the same: p = q (double it) or p = -q (the
 * sum is the point at infinity). y need not be reduced. p may overlap q, which is read before p is written. */
static inline void quire_curve_add(uint64_t curve, uint64_t *p, const uint64_t *q) {
    quire_ecall(QUIRE_ECALL_CURVE_ADD + curve, (uint64_t)(uintptr_t)p, (uint64_t)(uintptr_t)q, 0);
}

/* p <- 2 p. Without a result if y is not reduced, or 0: no point of these curves has it. x need not be reduced. */
static inline void quire_curve_double(uint64_t curve, uint64_t *p) {
    quire_ecall(QUIRE_ECALL_CURVE_DOUBLE + curve, (uint64_t)(uintptr_t)p, 0, 0);
}

static inline void quire_secp256k1_add(uint64_t p[8], const uint64_t q[8]) {
    quire_curve_add(QUIRE_CURVE_SECP256K1, p, q);
}
static inline void quire_secp256k1_double(uint64_t p[8]) {
    quire_curve_double(QUIRE_CURVE_SECP256K1, p);
}
static inline void quire_secp256r1_add(uint64_t p[8], const uint64_t q[8]) {
    quire_curve_add(QUIRE_CURVE_SECP256R1, p, q);
}
static inline void quire_secp256r1_double(uint64_t p[8]) {
    quire_curve_double(QUIRE_CURVE_SECP256R1, p);
}
static inline void quire_bn254_add(uint64_t p[8], const uint64_t q[8]) {
    quire_curve_add(QUIRE_CURVE_BN254, p, q);
}
static inline void quire_bn254_double(uint64_t p[8]) {
    quire_curve_double(QUIRE_CURVE_BN254, p);
}
static inline void quire_bls12_381_add(uint64_t p[12], const uint64_t q[12]) {
    quire_curve_add(QUIRE_CURVE_BLS12_381, p, q);
}
static inline void quire_bls12_381_double(uint64_t p[12]) {
    quire_curve_double(QUIRE_CURVE_BLS12_381, p);
}

#ifdef __cplusplus
}
#endif

#endif
