/* Adding vectors of 64-bit numbers, four lanes a call of the precompile. */
#ifndef VECTOR_ADD_H
#define VECTOR_ADD_H

#include <quire.h>
#include <stddef.h>
#include <stdint.h>

#define QUIRE_ECALL_VECTOR_ADD 0x2000

/* `total` <- `total` + `terms`, modulo 2^64 in each lane. Both aligned to 8 bytes. */
static inline void quire_vector_add(uint64_t total[4], const uint64_t terms[4]) {
    quire_ecall(QUIRE_ECALL_VECTOR_ADD, (uint64_t)(uintptr_t)total, (uint64_t)(uintptr_t)terms, 0);
}

/* The same for `count` lanes. */
void vector_add(uint64_t *total, const uint64_t *terms, size_t count);

#endif
