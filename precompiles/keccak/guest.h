/* The Keccak precompile's call. For hashing bytes, see zkvm_keccak256 in zkvm_accelerators.h. */
#ifndef QUIRE_KECCAK_H
#define QUIRE_KECCAK_H

#include <quire.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define QUIRE_ECALL_KECCAK_ABSORB 0x1001

/* One block of a Keccak sponge of rate 136 bytes: `state` <- Keccak-f[1600](state xor block).
 * state: the 25 lanes A[x, y] of FIPS 202, lane x + 5 y. block: the 136 bytes as they stand in the message, which meet
 * lanes 0 to 16; a block of zeros gives the permutation alone. Both aligned to 8 bytes. */
static inline void quire_keccak_absorb(uint64_t state[25], const uint64_t block[17]) {
    quire_ecall(QUIRE_ECALL_KECCAK_ABSORB, (uint64_t)(uintptr_t)state, (uint64_t)(uintptr_t)block, 0);
}

#ifdef __cplusplus
}
#endif

#endif
