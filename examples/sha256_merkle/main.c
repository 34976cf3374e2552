/* Writes the root of the input's Merkle tree: "Merkle Tree Hash" of RFC 6962, section 2.1, of records of 64 bytes. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <zkvm_accelerators.h>
#include <zkvm_io.h>

#define RECORD_SIZE 64
#define MAX_DEPTH 32 /* no input has 2^32 records */

/* Of a byte that says whether a record or a node follows, so that neither passes for the other. */
static void hash(zkvm_sha256_hash *result, uint8_t kind, const uint8_t *content, size_t size) {
    _Alignas(8) uint8_t bytes[1 + RECORD_SIZE]; /* two hashes are as long as a record */
    bytes[0] = kind;
    memcpy(bytes + 1, content, size);
    zkvm_sha256(bytes, 1 + size, result);
}

/* halves[0] <- the node above both. */
static void join(zkvm_sha256_hash *halves) { hash(&halves[0], 1, (const uint8_t *)halves, 2 * sizeof *halves); }

int main(void) {
    const uint8_t *input;
    size_t size;
    read_input(&input, &size);
    if (!size || size % RECORD_SIZE) {
        return EXIT_FAILURE;
    }
    zkvm_sha256_hash complete[MAX_DEPTH + 1]; /* roots of complete trees, the larger ones first */
    size_t count = 0;
    for (size_t i = 0; i < size / RECORD_SIZE; i++) {
        hash(&complete[count++], 0, input + i * RECORD_SIZE, RECORD_SIZE);
        for (size_t below = i; below & 1; below >>= 1) {
            join(&complete[--count - 1]);
        }
    }
    while (count > 1) {
        join(&complete[--count - 1]);
    }
    write_output(complete[0].data, sizeof complete[0].data);
    return EXIT_SUCCESS;
}
