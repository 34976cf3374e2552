/* Keccak-256 of the input in plain C: what hashing costs without the precompile. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <zkvm_io.h>

#define RATE 136

static const uint64_t round_constants[24] = {
    0x0000000000000001u, 0x0000000000008082u, 0x800000000000808au, 0x8000000080008000u, 0x000000000000808bu,
    0x0000000080000001u, 0x8000000080008081u, 0x8000000000008009u, 0x000000000000008au, 0x0000000000000088u,
    0x0000000080008009u, 0x000000008000000au, 0x000000008000808bu, 0x800000000000008bu, 0x8000000000008089u,
    0x8000000000008003u, 0x8000000000008002u, 0x8000000000000080u, 0x000000000000800au, 0x800000008000000au,
    0x8000000080008081u, 0x8000000000008080u, 0x0000000080000001u, 0x8000000080008008u,
};

/* The one cycle that pi makes of all lanes but the first, from lane 1 on, and by how much rho rotates what arrives. */
static const uint8_t places[24] = {10, 7, 11, 17, 18, 3, 5, 16, 8, 21, 24, 4, 15, 23, 19, 13, 12, 2, 20, 14, 22, 9, 6, 1};
static const uint8_t counts[24] = {1, 3, 6, 10, 15, 21, 28, 36, 45, 55, 2, 14, 27, 41, 56, 8, 25, 43, 62, 18, 39, 61, 20, 44};

static uint64_t rotate(uint64_t lane, int count) {
    return lane << count | lane >> (64 - count);
}

static void theta(uint64_t state[25]) {
    uint64_t parity[5];
    for (int x = 0; x < 5; x++) {
        parity[x] = state[x] ^ state[x + 5] ^ state[x + 10] ^ state[x + 15] ^ state[x + 20];
    }
    for (int x = 0; x < 5; x++) {
        uint64_t offset = parity[(x + 4) % 5] ^ rotate(parity[(x + 1) % 5], 1);
        for (int y = 0; y < 25; y += 5) {
            state[x + y] ^= offset;
        }
    }
}

static void rho_and_pi(uint64_t state[25]) {
    uint64_t lane = state[1];
#pragma clang loop unroll(full)
    for (int t = 0; t < 24; t++) {
        uint64_t displaced = state[places[t]];
        state[places[t]] = rotate(lane, counts[t]);
        lane = displaced;
    }
}

static void chi(uint64_t state[25]) {
    for (int y = 0; y < 25; y += 5) {
        uint64_t row[5];
        memcpy(row, state + y, sizeof row);
        for (int x = 0; x < 5; x++) {
            state[x + y] = row[x] ^ (~row[(x + 1) % 5] & row[(x + 2) % 5]);
        }
    }
}

static void absorb(uint64_t state[25], const uint8_t block[RATE]) {
    for (int lane = 0; lane < RATE / 8; lane++) {
        uint64_t word;
        memcpy(&word, block + 8 * lane, sizeof word);
        state[lane] ^= word;
    }
    for (int round = 0; round < 24; round++) {
        theta(state);
        rho_and_pi(state);
        chi(state);
        state[0] ^= round_constants[round];
    }
}

int main(void) {
    const uint8_t *input;
    size_t size;
    uint64_t state[25] = {0};
    uint8_t block[RATE] = {0};
    read_input(&input, &size);
    for (; size >= RATE; input += RATE, size -= RATE) {
        absorb(state, input);
    }
    memcpy(block, input, size);
    block[size] = 0x01;
    block[RATE - 1] |= 0x80;
    absorb(state, block);
    write_output((const uint8_t *)state, 32);
    return EXIT_SUCCESS;
}
