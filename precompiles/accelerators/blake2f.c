/* zkvm_blake2f, in plain instructions: the compression function F of BLAKE2b (RFC 7693, section 3.2), as EIP-152 offers it. */
#include <stdint.h>
#include <string.h>
#include <zkvm_accelerators.h>

#include "arguments.h"

#define NUM_SCHEDULES 10

static const uint64_t initial_state[8] = {
    0x6a09e667f3bcc908, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b, 0xa54ff53a5f1d36f1,
    0x510e527fade682d1, 0x9b05688c2b3e6c1f, 0x1f83d9abfb41bd6b, 0x5be0cd19137e2179,
};
static const uint8_t schedules[NUM_SCHEDULES][16] = {
    {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}, {14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3},
    {11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4}, {7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8},
    {9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13}, {2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9},
    {12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11}, {13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10},
    {6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5}, {10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0},
};

static inline uint64_t rotate(uint64_t x, int count) { return x >> count | x << (64 - count); }

__attribute__((always_inline)) static inline void mix(uint64_t v[16], int a, int b, int c, int d, uint64_t x, uint64_t y) {
    v[a] += v[b] + x;
    v[d] = rotate(v[d] ^ v[a], 32);
    v[c] += v[d];
    v[b] = rotate(v[b] ^ v[c], 24);
    v[a] += v[b] + y;
    v[d] = rotate(v[d] ^ v[a], 16);
    v[c] += v[d];
    v[b] = rotate(v[b] ^ v[c], 63);
}

/* By a schedule that the compiler knows, and v in registers. */
__attribute__((always_inline)) static inline void run_round(uint64_t v[16], const uint64_t m[16], const uint8_t schedule[16]) {
    mix(v, 0, 4, 8, 12, m[schedule[0]], m[schedule[1]]);
    mix(v, 1, 5, 9, 13, m[schedule[2]], m[schedule[3]]);
    mix(v, 2, 6, 10, 14, m[schedule[4]], m[schedule[5]]);
    mix(v, 3, 7, 11, 15, m[schedule[6]], m[schedule[7]]);
    mix(v, 0, 5, 10, 15, m[schedule[8]], m[schedule[9]]);
    mix(v, 1, 6, 11, 12, m[schedule[10]], m[schedule[11]]);
    mix(v, 2, 7, 8, 13, m[schedule[12]], m[schedule[13]]);
    mix(v, 3, 4, 9, 14, m[schedule[14]], m[schedule[15]]);
}

static void run_rounds(uint64_t v[16], const uint64_t m[16], uint32_t rounds) {
    for (;;) {
#pragma clang loop unroll(full)
        for (int i = 0; i < NUM_SCHEDULES; i++) {
            if (rounds-- == 0) {
                return;
            }
            run_round(v, m, schedules[i]);
        }
    }
}

zkvm_status zkvm_blake2f(uint32_t rounds, zkvm_blake2f_state *h, const zkvm_blake2f_message *m, const zkvm_blake2f_offset *t,
                         uint8_t f) {
    uint64_t v[16], *state = (uint64_t *)h->data;
    const uint64_t *offset = (const uint64_t *)t->data;
    REFUSE_NULL("zkvm_blake2f", h);
    REFUSE_NULL("zkvm_blake2f", m);
    REFUSE_NULL("zkvm_blake2f", t);
    if (f > 1) {
        return ZKVM_EFAIL;
    }
    memcpy(v, state, 8 * sizeof v[0]);
    memcpy(v + 8, initial_state, sizeof initial_state);
    v[12] ^= offset[0];
    v[13] ^= offset[1];
    v[14] ^= f ? ~0ul : 0; /* the last block */
    run_rounds(v, (const uint64_t *)m->data, rounds);
    for (int i = 0; i < 8; i++) {
        state[i] ^= v[i] ^ v[8 + i];
    }
    return ZKVM_EOK;
}
