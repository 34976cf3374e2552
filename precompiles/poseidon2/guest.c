/* The root of an output region, as a verifier computes it from the bytes (`output_root_of` in core_vm/state/roots.py).
 *
 * The region is a Merkle tree of 2^23 leaves of 32 bytes: the first one holds the length and 24 zero bytes, the output
 * follows, and all the rest is zero. */
#include <quire.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define LEAF_SIZE 32
#define HEIGHT 23
#define CAPACITY (((size_t)LEAF_SIZE << HEIGHT) - LEAF_SIZE)

/* The subtrees that the leaves so far complete: one of 2^k leaves at trees[k] for each bit k of `num_leaves`. */
typedef struct {
    uint64_t num_leaves;
    uint64_t trees[HEIGHT + 1][4];
} forest;

/* A leaf's sixteen elements are its 16-bit limbs: two in four bytes, which need not be aligned. */
static inline void hash_leaf(uint64_t digest[4], const uint8_t *leaf) {
    uint64_t elements[8];
    for (int i = 0; i < 8; i++) {
        uint32_t limbs;
        __builtin_memcpy(&limbs, leaf + 4 * i, sizeof limbs);
        elements[i] = (limbs | (uint64_t)limbs << 16) & 0x0000FFFF0000FFFF;
    }
    quire_poseidon2_compress(digest, elements, elements + 4);
}

static inline void add_leaf(forest *f, const uint8_t *leaf) {
    uint64_t (*tree)[4] = f->trees, digest[4];
    hash_leaf(digest, leaf);
    for (uint64_t bits = f->num_leaves; bits & 1; bits >>= 1) {
        quire_poseidon2_compress(digest, *tree++, digest);
    }
    __builtin_memcpy(*tree, digest, sizeof digest);
    f->num_leaves++;
}

/* `root` climbs along the first leaf that is not there: what is left of its path is complete, what is right is empty. */
static void close_forest(const forest *f, uint64_t root[4]) {
    static const uint8_t no_data[LEAF_SIZE];
    uint64_t empty[4];
    hash_leaf(empty, no_data);
    memcpy(root, empty, sizeof empty);
    for (int level = 0; level < HEIGHT; level++) {
        if (f->num_leaves >> level & 1) {
            quire_poseidon2_compress(root, f->trees[level], root);
        } else {
            quire_poseidon2_compress(root, root, empty);
        }
        quire_poseidon2_compress(empty, empty, empty);
    }
    if (f->num_leaves >> HEIGHT) { /* the region is full: that path is beyond it */
        memcpy(root, f->trees[HEIGHT], sizeof empty);
    }
}

void quire_output_root(const uint8_t *output, size_t size, uint64_t root[4]) {
    static const char message[] = "quire_output_root: more bytes than an output can have\n";
    if (size > CAPACITY) {
        quire_write(2, message, sizeof message - 1);
        abort();
    }
    uint64_t rest[LEAF_SIZE / 8] = {size};
    forest f;
    f.num_leaves = 0;
    add_leaf(&f, (const uint8_t *)rest);
    for (; size >= LEAF_SIZE; output += LEAF_SIZE, size -= LEAF_SIZE) {
        add_leaf(&f, output);
    }
    if (size > 0) {
        memset(rest, 0, sizeof rest);
        memcpy(rest, output, size);
        add_leaf(&f, (const uint8_t *)rest);
    }
    close_forest(&f, root);
}
