/* zkvm_sha256 for every length up to the input's, from changing alignments. */
#include <zkvm_accelerators.h>
#include <zkvm_io.h>

int main(void) {
    const uint8_t *input;
    size_t size;
    read_input(&input, &size);
    for (size_t length = 0; length <= size; length++) {
        size_t offset = length % 9 < size - length ? length % 9 : size - length;
        zkvm_sha256_hash hash;
        if (zkvm_sha256(input + offset, length, &hash) != ZKVM_EOK) {
            return 1;
        }
        write_output(hash.data, sizeof hash.data);
    }
    return 0;
}
