/* Keccak-256 of the input by the precompile: the input is hashed where it lies, one call for each 136 bytes. */
#include <stdint.h>
#include <stdlib.h>
#include <zkvm_accelerators.h>
#include <zkvm_io.h>

int main(void) {
    const uint8_t *input;
    size_t size;
    read_input(&input, &size);
    zkvm_keccak256_hash hash;
    if (zkvm_keccak256(input, size, &hash) != ZKVM_EOK) {
        return EXIT_FAILURE;
    }
    write_output(hash.data, sizeof hash.data);
    return EXIT_SUCCESS;
}
