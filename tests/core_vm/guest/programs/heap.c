/* A long random sequence of malloc, calloc, realloc, aligned_alloc and free; every block keeps its own pattern.
 * Exit code: the failing line. */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define NUM_BLOCKS 64
#define NUM_STEPS 20000

static struct {
    uint8_t *data;
    size_t size;
} blocks[NUM_BLOCKS];

static size_t random_size(void) {
    size_t size = (size_t)rand() >> (15 + rand() % 16);
    return size % 5000;
}

static void fill(int slot) {
    memset(blocks[slot].data, slot + 1, blocks[slot].size);
}

static int is_intact(const uint8_t *data, int slot, size_t size) {
    for (size_t i = 0; i < size; i += size < 64 ? 1 : 13) {
        if (data[i] != slot + 1) {
            return 0;
        }
    }
    return size == 0 || data[size - 1] == slot + 1;
}

static int step(int slot) {
    size_t size = random_size();
    uint8_t *old = blocks[slot].data;
    if (old && !is_intact(old, slot, blocks[slot].size)) {
        return __LINE__;
    }
    switch (old ? rand() % 3 : 2 + rand() % 3) {
    case 0:
        free(old);
        blocks[slot].data = NULL;
        return 0;
    case 1:
    case 2:
        blocks[slot].data = realloc(old, size);
        if (old && !is_intact(blocks[slot].data, slot, size < blocks[slot].size ? size : blocks[slot].size)) {
            return __LINE__;
        }
        break;
    case 3:
        blocks[slot].data = calloc(size, 1);
        for (size_t i = 0; i < size; i++) {
            if (blocks[slot].data[i]) {
                return __LINE__;
            }
        }
        break;
    default: {
        size_t alignment = 16ul << rand() % 7;
        blocks[slot].data = aligned_alloc(alignment, size);
        if ((uintptr_t)blocks[slot].data % alignment) {
            return __LINE__;
        }
    }
    }
    if (!blocks[slot].data || (uintptr_t)blocks[slot].data % 16) {
        return __LINE__;
    }
    blocks[slot].size = size;
    fill(slot);
    return 0;
}

int main(void) {
    uint8_t *first = malloc(1);
    volatile uintptr_t first_address = (uintptr_t)first;
    for (int i = 0; i < NUM_STEPS; i++) {
        int line = step(rand() % NUM_BLOCKS);
        if (line) {
            return line;
        }
    }
    for (int slot = 0; slot < NUM_BLOCKS; slot++) {
        free(blocks[slot].data);
    }
    free(first);
    uint8_t *volatile again = malloc(2000000000); /* everything coalesced into the top: the heap begins where it began */
    if ((uintptr_t)again != first_address) {
        return __LINE__;
    }
    free(again);
    errno = 0;
    volatile size_t too_large[] = {SIZE_MAX, 3000000000, SIZE_MAX / 2}; /* unknown to the compiler */
    void *volatile refused = malloc(too_large[0]);
    if (refused || errno != ENOMEM) {
        return __LINE__;
    }
    refused = malloc(too_large[1]);
    if (refused) {
        return __LINE__;
    }
    refused = calloc(too_large[2], 3);
    if (refused) {
        return __LINE__;
    }
    return 0;
}
