/* The SHA-256 precompile's call. For hashing bytes, see zkvm_sha256 in zkvm_accelerators.h. */
#ifndef QUIRE_SHA256_H
#define QUIRE_SHA256_H

#include <quire.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define QUIRE_ECALL_SHA256_COMPRESS 0x1000

/* One SHA-256 compression: `state` <- compress(state, block).
 * state: H0..H7 as eight little-endian 32-bit words, two to a dword, H0 in the low half of state[0].
 * block: the 64 bytes as they stand in the message. Both aligned to 8 bytes. */
static inline void quire_sha256_compress(uint64_t state[4], const uint64_t block[8]) {
    quire_ecall(QUIRE_ECALL_SHA256_COMPRESS, (uint64_t)(uintptr_t)state, (uint64_t)(uintptr_t)block, 0);
}

#ifdef __cplusplus
}
#endif

#endif
