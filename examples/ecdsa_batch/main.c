/* Checks ECDSA signatures over secp256k1: of each, the input has the hash, r and s, and the key's x and y. */
#include <stdint.h>
#include <stdlib.h>
#include <zkvm_accelerators.h>
#include <zkvm_io.h>

typedef struct {
    zkvm_secp256k1_hash hash;
    zkvm_secp256k1_signature signature;
    zkvm_secp256k1_pubkey key;
} record;

int main(void) {
    const uint8_t *input;
    size_t size;
    read_input(&input, &size);
    if (size % sizeof(record)) {
        return EXIT_FAILURE;
    }
    const record *records = (const record *)input; /* the input is aligned to 8 bytes, as the types ask */
    for (size_t i = 0; i < size / sizeof(record); i++) {
        bool verified = false;
        if (zkvm_secp256k1_verify(&records[i].hash, &records[i].signature, &records[i].key, &verified) != ZKVM_EOK) {
            return EXIT_FAILURE; /* the key is no point of the curve */
        }
        uint8_t verdict = verified;
        write_output(&verdict, 1);
    }
    return EXIT_SUCCESS;
}
