/* zkvm_keccak256 in a guest: the padding is done here, every block is absorbed by the precompile. */
#include <accelerators/arguments.h>
#include <string.h>
#include <zkvm_accelerators.h>

#define RATE 136

/* Aligned data are absorbed where they lie: the precompile reads them from there. */
static const uint8_t *absorb_whole_blocks(uint64_t state[25], const uint8_t *data, size_t num_blocks) {
    const uint8_t *end = data + num_blocks * RATE;
    if (((uintptr_t)data & 7) == 0) {
        for (; data < end; data += RATE) {
            quire_keccak_absorb(state, (const uint64_t *)data);
        }
        return end;
    }
    uint64_t block[RATE / 8];
    for (; data < end; data += RATE) {
        memcpy(block, data, RATE);
        quire_keccak_absorb(state, block);
    }
    return end;
}

zkvm_status zkvm_keccak256(const uint8_t *data, size_t len, zkvm_keccak256_hash *output) {
    uint64_t state[25] = {0}, block[RATE / 8] = {0};
    uint8_t *bytes = (uint8_t *)block;
    REFUSE_NULL("zkvm_keccak256", data);
    REFUSE_NULL("zkvm_keccak256", output);
    REFUSE_BEYOND_MEMORY("zkvm_keccak256", data, len);
    const uint8_t *rest = absorb_whole_blocks(state, data, len / RATE);
    memcpy(bytes, rest, len % RATE);
    bytes[len % RATE] = 0x01; /* Keccak as it was before FIPS 202 gave SHA3 a suffix of its own */
    bytes[RATE - 1] |= 0x80;
    quire_keccak_absorb(state, block);
    memcpy(output->data, state, sizeof output->data);
    return ZKVM_EOK;
}
