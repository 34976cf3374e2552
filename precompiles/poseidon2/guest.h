/* The Poseidon2 precompile's call, and the root of an output by it. */
#ifndef QUIRE_POSEIDON2_H
#define QUIRE_POSEIDON2_H

#include <quire.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define QUIRE_ECALL_POSEIDON2_COMPRESS 0x1008

/* One compression of Quire's trees: `digest` <- the first half of P(left, right) + (left, right), P being Poseidon2 over
 * p = 2^31 - 2^24 + 1 of width 16. An operand is eight elements as little-endian 32-bit words, two to a dword; of left
 * and right any words are taken, modulo p, those of the digest are below p. All aligned to 8 bytes; they may overlap. */
static inline void quire_poseidon2_compress(uint64_t digest[4], const uint64_t left[4], const uint64_t right[4]) {
    quire_ecall(QUIRE_ECALL_POSEIDON2_COMPRESS, (uint64_t)(uintptr_t)digest, (uint64_t)(uintptr_t)left,
                (uint64_t)(uintptr_t)right);
}

/* The root of an output of these bytes: `root` <- what the statement of a run that wrote them binds. Two calls and
 * seventy instructions for 32 bytes, and fifty calls more. `output` needs no alignment. */
void quire_output_root(const uint8_t *output, size_t size, uint64_t root[4]);

#ifdef __cplusplus
}
#endif

#endif
