/* Hashing in pieces through the SHA-256 precompile: for data that do not lie in one place.
 * zkvm_sha256 (zkvm_accelerators.h) hashes what does. */
#ifndef QUIRE_SHA256_H
#define QUIRE_SHA256_H

#include <stddef.h>
#include <stdint.h>
#include <zkvm_accelerators.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
    uint64_t state[4];   /* H0..H7, two to a dword, as quire_sha256_compress takes them */
    uint64_t pending[8]; /* the bytes of a block that is not full yet */
    uint64_t length;     /* bytes absorbed so far */
} quire_sha256_context;

void quire_sha256_begin(quire_sha256_context *context);
void quire_sha256_absorb(quire_sha256_context *context, const void *data, size_t size);
void quire_sha256_finish(quire_sha256_context *context, zkvm_sha256_hash *output);

#ifdef __cplusplus
}
#endif

#endif
