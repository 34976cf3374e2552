/* zkvm_ripemd160, in plain instructions: Dobbertin, Bosselaers and Preneel, "RIPEMD-160: a strengthened version of RIPEMD",
 * with the constants of its appendix A. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <zkvm_accelerators.h>

#include "arguments.h"

#define BLOCK_SIZE 64
#define NUM_STEPS 80
#define NUM_WORDS 5
#define ZEROS_IN_FRONT 12

/* One of the two lines of steps. In every 16 steps the constant is another; the second line takes the functions of the
 * first from behind. */
typedef struct {
    uint8_t words[NUM_STEPS], shifts[NUM_STEPS];
    uint32_t constants[5];
} line;

static const line left = {
    {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 7, 4, 13, 1, 10, 6, 15, 3, 12, 0, 9, 5, 2, 14, 11, 8,
     3, 10, 14, 4, 9, 15, 8, 1, 2, 7, 0, 6, 13, 11, 5, 12, 1, 9, 11, 10, 0, 8, 12, 4, 13, 3, 7, 15, 14, 5, 6, 2,
     4, 0, 5, 9, 7, 12, 2, 10, 14, 1, 3, 8, 11, 6, 15, 13},
    {11, 14, 15, 12, 5, 8, 7, 9, 11, 13, 14, 15, 6, 7, 9, 8, 7, 6, 8, 13, 11, 9, 7, 15, 7, 12, 15, 9, 11, 7, 13, 12,
     11, 13, 6, 7, 14, 9, 13, 15, 14, 8, 13, 6, 5, 12, 7, 5, 11, 12, 14, 15, 14, 15, 9, 8, 9, 14, 5, 6, 8, 6, 5, 12,
     9, 15, 5, 11, 6, 8, 13, 12, 5, 12, 13, 14, 11, 8, 5, 6},
    {0, 0x5a827999, 0x6ed9eba1, 0x8f1bbcdc, 0xa953fd4e},
};
static const line right = {
    {5, 14, 7, 0, 9, 2, 11, 4, 13, 6, 15, 8, 1, 10, 3, 12, 6, 11, 3, 7, 0, 13, 5, 10, 14, 15, 8, 12, 4, 9, 1, 2,
     15, 5, 1, 3, 7, 14, 6, 9, 11, 8, 12, 2, 10, 0, 4, 13, 8, 6, 4, 1, 3, 11, 15, 0, 5, 12, 2, 13, 9, 7, 10, 14,
     12, 15, 10, 4, 1, 5, 8, 7, 6, 2, 13, 14, 0, 3, 9, 11},
    {8, 9, 9, 11, 13, 15, 15, 5, 7, 7, 8, 11, 14, 14, 12, 6, 9, 13, 15, 7, 12, 8, 9, 11, 7, 7, 12, 7, 6, 15, 13, 11,
     9, 7, 15, 11, 8, 6, 6, 14, 12, 13, 5, 14, 13, 13, 7, 5, 15, 5, 8, 11, 14, 14, 6, 14, 6, 9, 12, 9, 12, 5, 15, 8,
     8, 5, 12, 9, 12, 5, 14, 6, 8, 13, 6, 5, 15, 13, 11, 11},
    {0x50a28be6, 0x5c4dd124, 0x6d703ef3, 0x7a6d76e9, 0},
};
static const uint32_t initial_state[NUM_WORDS] = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0};

static inline uint32_t rotate(uint32_t x, int count) { return x << count | x >> (32 - count); }

static inline uint32_t mix(int function, uint32_t x, uint32_t y, uint32_t z) {
    switch (function) {
    case 0:
        return x ^ y ^ z;
    case 1:
        return ((y ^ z) & x) ^ z;
    case 2:
        return (x | ~y) ^ z;
    case 3:
        return ((x ^ y) & z) ^ y;
    default:
        return x ^ (y | ~z);
    }
}

/* Unrolled, so that tables and functions are known to the compiler: a step takes 17 instructions, and its words no copies. */
__attribute__((always_inline)) static inline void run_line(const line *of, int first_function, int next, uint32_t v[NUM_WORDS],
                                                           const uint32_t block[16]) {
    uint32_t a = v[0], b = v[1], c = v[2], d = v[3], e = v[4];
#pragma clang loop unroll(full)
    for (int j = 0; j < NUM_STEPS; j++) {
        uint32_t sum = a + mix(first_function + next * (j / 16), b, c, d) + block[of->words[j]] + of->constants[j / 16];
        a = e;
        e = d;
        d = rotate(c, 10);
        c = b;
        b = rotate(sum, of->shifts[j]) + a;
    }
    v[0] = a, v[1] = b, v[2] = c, v[3] = d, v[4] = e;
}

static void compress(uint32_t state[NUM_WORDS], const uint32_t block[16]) {
    uint32_t first[NUM_WORDS], second[NUM_WORDS], old[NUM_WORDS];
    memcpy(first, state, sizeof first);
    memcpy(second, state, sizeof second);
    memcpy(old, state, sizeof old);
    run_line(&left, 0, 1, first, block);
    run_line(&right, 4, -1, second, block);
    for (int i = 0; i < NUM_WORDS; i++) {
        state[i] = old[(i + 1) % NUM_WORDS] + first[(i + 2) % NUM_WORDS] + second[(i + 3) % NUM_WORDS];
    }
}

/* Data aligned to words are compressed where they lie. */
static void compress_whole_blocks(uint32_t state[NUM_WORDS], const uint8_t *data, size_t num_blocks) {
    uint32_t block[16];
    for (const uint8_t *end = data + num_blocks * BLOCK_SIZE; data < end; data += BLOCK_SIZE) {
        if (((uintptr_t)data & 3) == 0) {
            compress(state, (const uint32_t *)data);
        } else {
            memcpy(block, data, BLOCK_SIZE);
            compress(state, block);
        }
    }
}

/* A one bit, zeros, and the length in bits as the last eight bytes of a block, the lowest first. */
static void compress_padding(uint32_t state[NUM_WORDS], const uint8_t *rest, size_t length) {
    uint32_t block[16] = {0};
    uint64_t num_bits = (uint64_t)length * 8;
    size_t held = length % BLOCK_SIZE;
    memcpy(block, rest, held);
    ((uint8_t *)block)[held] = 0x80;
    if (held >= BLOCK_SIZE - 8) { /* no room for the length: it takes a block of its own */
        compress(state, block);
        memset(block, 0, sizeof block);
    }
    memcpy(&block[14], &num_bits, sizeof num_bits);
    compress(state, block);
}

zkvm_status zkvm_ripemd160(const uint8_t *data, size_t len, zkvm_ripemd160_hash *output) {
    uint32_t state[NUM_WORDS];
    REFUSE_NULL("zkvm_ripemd160", data);
    REFUSE_NULL("zkvm_ripemd160", output);
    REFUSE_BEYOND_MEMORY("zkvm_ripemd160", data, len);
    memcpy(state, initial_state, sizeof state);
    compress_whole_blocks(state, data, len / BLOCK_SIZE);
    compress_padding(state, data + len / BLOCK_SIZE * BLOCK_SIZE, len);
    memset(output->data, 0, ZEROS_IN_FRONT);
    memcpy(output->data + ZEROS_IN_FRONT, state, sizeof state);
    return ZKVM_EOK;
}
