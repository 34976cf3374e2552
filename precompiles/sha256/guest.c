/* zkvm_sha256 (FIPS 180-4) in a guest: the padding is done here, every compression by the precompile. */
#include <accelerators/arguments.h>
#include <string.h>
#include <zkvm_accelerators.h>

#define BLOCK_SIZE 64

/* Section 5.3.3, as the precompile takes a state: two words to a dword, the first in its low half. */
static const uint64_t initial_state[4] = {
    0xbb67ae856a09e667u,
    0xa54ff53a3c6ef372u,
    0x9b05688c510e527fu,
    0x5be0cd191f83d9abu,
};

/* Aligned data are compressed where they lie: the precompile reads them from there. */
static void compress_whole_blocks(uint64_t state[4], const uint8_t *data, size_t num_blocks) {
    const uint8_t *end = data + num_blocks * BLOCK_SIZE;
    if (((uintptr_t)data & 7) == 0) {
        for (; data < end; data += BLOCK_SIZE) {
            quire_sha256_compress(state, (const uint64_t *)data);
        }
        return;
    }
    uint64_t block[8];
    for (; data < end; data += BLOCK_SIZE) {
        memcpy(block, data, BLOCK_SIZE);
        quire_sha256_compress(state, block);
    }
}

/* Section 5.1.1: a one bit, zeros, and the length in bits as the last eight bytes of a block. */
static void compress_padding(uint64_t state[4], const uint8_t *rest, size_t length) {
    uint64_t block[8];
    uint8_t *bytes = (uint8_t *)block;
    size_t held = length % BLOCK_SIZE;
    memcpy(bytes, rest, held);
    bytes[held++] = 0x80;
    memset(bytes + held, 0, BLOCK_SIZE - held);
    if (held > BLOCK_SIZE - 8) { /* no room for the length: it takes a block of its own */
        quire_sha256_compress(state, block);
        memset(bytes, 0, BLOCK_SIZE);
    }
    block[7] = __builtin_bswap64((uint64_t)length * 8);
    quire_sha256_compress(state, block);
}

zkvm_status zkvm_sha256(const uint8_t *data, size_t len, zkvm_sha256_hash *output) {
    uint64_t state[4];
    REFUSE_NULL("zkvm_sha256", data);
    REFUSE_NULL("zkvm_sha256", output);
    REFUSE_BEYOND_MEMORY("zkvm_sha256", data, len);
    memcpy(state, initial_state, sizeof state);
    compress_whole_blocks(state, data, len / BLOCK_SIZE);
    compress_padding(state, data + len / BLOCK_SIZE * BLOCK_SIZE, len);
    for (int i = 0; i < 4; i++) { /* the digest is H0..H7, each with its most significant byte first */
        uint64_t pair = __builtin_bswap64(state[i] << 32 | state[i] >> 32);
        memcpy(output->data + 8 * i, &pair, sizeof pair);
    }
    return ZKVM_EOK;
}
