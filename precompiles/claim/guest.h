/* Claims about other runs. */
#ifndef QUIRE_CLAIM_H
#define QUIRE_CLAIM_H

#include <quire.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define QUIRE_ECALL_CLAIM 0x1010

/* Takes for true that the program of this id ended with exit code 0 and an output of this root (`quire_output_root`).
 * The run that says so has a valid proof only once each of its claims is discharged by a proof of its own.
 * Both are 32 bytes as they are printed and hashed: eight little-endian words, each below 2^31 - 2^24 + 1, or the run
 * ends in a trap. Aligned to 8 bytes. */
static inline void quire_claim(const uint64_t program_id[4], const uint64_t output_root[4]) {
    quire_ecall(QUIRE_ECALL_CLAIM, (uint64_t)(uintptr_t)program_id, (uint64_t)(uintptr_t)output_root, 0);
}

#ifdef __cplusplus
}
#endif

#endif
