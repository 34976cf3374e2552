/* zkvm_keccak256 for every length up to the input's, from changing alignments. An input of one byte asks for a null
 * pointer: to data, to no data, or to the hash. */
#include <zkvm_accelerators.h>
#include <zkvm_io.h>

_Static_assert(sizeof(zkvm_keccak256_hash) == 32 && _Alignof(zkvm_keccak256_hash) == 8, "the layout of the standards");

static zkvm_status hash_nothing(uint8_t choice) {
    zkvm_keccak256_hash hash;
    switch (choice) {
    case 'd':
        return zkvm_keccak256(0, 10, &hash);
    case 'n':
        return zkvm_keccak256(0, 0, &hash);
    default:
        return zkvm_keccak256(&choice, 1, 0);
    }
}

int main(void) {
    const uint8_t *input;
    size_t size;
    read_input(&input, &size);
    if (size == 1) {
        return hash_nothing(input[0]);
    }
    for (size_t length = 0; length <= size; length++) {
        size_t offset = length % 9 < size - length ? length % 9 : size - length;
        zkvm_keccak256_hash hash;
        if (zkvm_keccak256(input + offset, length, &hash) != ZKVM_EOK) {
            return 1;
        }
        write_output(hash.data, sizeof hash.data);
    }
    return 0;
}
