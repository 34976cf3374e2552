/* Sorts a list of 64-bit numbers, chains them into a linked list in that order, walks it, and writes a digest.
 *
 * The output is four little-endian 64-bit numbers: how many, the smallest, the largest, and the sum of
 * rank * number (rank from 1, modulo 2^64), which depends on the whole order. */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <zkvm_io.h>

struct node {
    uint64_t value;
    struct node *next;
};

/* Restores the heap below `root`: the children's sub-heaps are in order. */
static void sift_down(uint64_t *heap, size_t root, size_t count) {
    uint64_t value = heap[root];
    for (size_t child; (child = 2 * root + 1) < count; root = child) {
        if (child + 1 < count && heap[child] < heap[child + 1]) {
            child++;
        }
        if (value >= heap[child]) {
            break;
        }
        heap[root] = heap[child];
    }
    heap[root] = value;
}

static void heap_sort(uint64_t *numbers, size_t count) {
    for (size_t root = count / 2; root-- > 0;) {
        sift_down(numbers, root, count);
    }
    for (size_t last = count; last-- > 1;) {
        uint64_t largest = numbers[0];
        numbers[0] = numbers[last];
        numbers[last] = largest;
        sift_down(numbers, 0, last);
    }
}

static size_t greatest_common_divisor(size_t a, size_t b) {
    while (b) {
        size_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

/* Nodes are scattered over the memory, as an old list's are: rank r lies at r * stride modulo the count, a permutation
 * because the two have no common divisor. */
static struct node *chain(const uint64_t *numbers, size_t count) {
    struct node *nodes = malloc(count * sizeof *nodes);
    assert(nodes);
    struct node *first = NULL, **link = &first;
    size_t stride = 7919;
    while (greatest_common_divisor(stride, count) != 1) {
        stride++;
    }
    for (size_t rank = 0, place = 0; rank < count; rank++) {
        nodes[place] = (struct node){.value = numbers[rank]};
        *link = &nodes[place];
        link = &nodes[place].next;
        place = (place + stride) % count;
    }
    return first;
}

int main(void) {
    const uint8_t *input;
    size_t size;
    read_input(&input, &size);
    size_t count = size / sizeof(uint64_t);
    if (count == 0 || size % sizeof(uint64_t)) {
        return EXIT_FAILURE;
    }
    uint64_t *numbers = malloc(size);
    assert(numbers);
    memcpy(numbers, input, size);
    heap_sort(numbers, count);

    uint64_t digest[4] = {count, numbers[0], numbers[count - 1], 0};
    uint64_t rank = 0;
    for (const struct node *node = chain(numbers, count); node; node = node->next) {
        digest[3] += ++rank * node->value;
    }
    write_output((const uint8_t *)digest, sizeof digest);
    return EXIT_SUCCESS;
}
