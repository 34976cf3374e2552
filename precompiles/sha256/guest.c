/* SHA-256 (FIPS 180-4) in a guest: padding here, every compression by the precompile. */
#include "guest.h"

#include <quire.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <zkvm_accelerators.h>

#define BLOCK_SIZE 64

void quire_sha256_begin(quire_sha256_context *context) {
    /* FIPS 180-4, section 5.3.3, two words to a dword, the first in its low half */
    context->state[0] = 0xbb67ae856a09e667u;
    context->state[1] = 0xa54ff53a3c6ef372u;
    context->state[2] = 0x9b05688c510e527fu;
    context->state[3] = 0x5be0cd191f83d9abu;
    context->length = 0;
}

/* Whole blocks. Aligned data are compressed where they lie: the precompile reads them from there. */
static const uint8_t *compress_blocks(quire_sha256_context *context, const uint8_t *data, size_t num_blocks) {
    int aligned = ((uintptr_t)data & 7) == 0;
    for (; num_blocks > 0; num_blocks--, data += BLOCK_SIZE) {
        if (aligned) {
            quire_sha256_compress(context->state, (const uint64_t *)data);
        } else {
            memcpy(context->pending, data, BLOCK_SIZE);
            quire_sha256_compress(context->state, context->pending);
        }
    }
    return data;
}

void quire_sha256_absorb(quire_sha256_context *context, const void *data, size_t size) {
    const uint8_t *at = data;
    size_t held = context->length % BLOCK_SIZE;
    context->length += size;
    if (held > 0) {
        size_t part = size < BLOCK_SIZE - held ? size : BLOCK_SIZE - held;
        memcpy((uint8_t *)context->pending + held, at, part);
        if (held + part < BLOCK_SIZE) {
            return;
        }
        quire_sha256_compress(context->state, context->pending);
        at += part;
        size -= part;
    }
    at = compress_blocks(context, at, size / BLOCK_SIZE);
    memcpy(context->pending, at, size % BLOCK_SIZE);
}

void quire_sha256_finish(quire_sha256_context *context, zkvm_sha256_hash *output) {
    uint8_t *block = (uint8_t *)context->pending;
    size_t held = context->length % BLOCK_SIZE;
    block[held++] = 0x80;
    memset(block + held, 0, BLOCK_SIZE - held);
    if (held > BLOCK_SIZE - 8) { /* no room for the length: it takes a block of its own */
        quire_sha256_compress(context->state, context->pending);
        memset(block, 0, BLOCK_SIZE);
    }
    context->pending[7] = __builtin_bswap64(context->length * 8);
    quire_sha256_compress(context->state, context->pending);
    for (int i = 0; i < 4; i++) { /* the digest is H0..H7, each with its most significant byte first */
        uint64_t pair = __builtin_bswap64(context->state[i] << 32 | context->state[i] >> 32);
        memcpy(output->data + 8 * i, &pair, 8);
    }
}

zkvm_status zkvm_sha256(const uint8_t *data, size_t len, zkvm_sha256_hash *output) {
    quire_sha256_context context;
    quire_sha256_begin(&context);
    quire_sha256_absorb(&context, data, len);
    quire_sha256_finish(&context, output);
    return ZKVM_EOK;
}
