/* Checks Groth16 proofs over bn254 ("On the size of pairing-based non-interactive arguments", section 3.2): the input has the
 * verifying key of a circuit with one public input, then records of a proof and that input. The output says of which key by its
 * SHA-256, and of each record the public input and a byte, 1 if the proof holds. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <zkvm_accelerators.h>
#include <zkvm_io.h>

typedef struct {
    zkvm_bn254_g1_point alpha;
    zkvm_bn254_g2_point beta, gamma, delta;
    zkvm_bn254_g1_point of_one, of_input; /* what the public inputs multiply */
} verifying_key;

typedef struct {
    zkvm_bn254_g1_point a;
    zkvm_bn254_g2_point b;
    zkvm_bn254_g1_point c;
    zkvm_bn254_scalar input;
} record;

static const zkvm_bn254_scalar order = {{
    0x30, 0x64, 0x4e, 0x72, 0xe1, 0x31, 0xa0, 0x29, 0xb8, 0x50, 0x45, 0xb6, 0x81, 0x81, 0x58, 0x5d,
    0x28, 0x33, 0xe8, 0x48, 0x79, 0xb9, 0x70, 0x91, 0x43, 0xe1, 0xf5, 0x93, 0xf0, 0x00, 0x00, 0x01,
}};

/* e(A, B) = e(alpha, beta) e(of_one + input of_input, gamma) e(C, delta), with the left side carried to the right. An input that
 * is not below the order would stand for another one. Points that are not of their groups make no proof. */
static bool verify(const verifying_key *key, const record *proof) {
    zkvm_bn254_pairing_pair pairs[4] = {
        {.g2 = proof->b}, {key->alpha, key->beta}, {.g2 = key->gamma}, {proof->c, key->delta}};
    zkvm_bn254_scalar minus_one = order;
    zkvm_bn254_g1_point multiple;
    bool verified = false;
    minus_one.data[sizeof minus_one.data - 1]--;
    if (memcmp(proof->input.data, order.data, sizeof order.data) >= 0 ||
        zkvm_bn254_g1_mul(&proof->a, &minus_one, &pairs[0].g1) != ZKVM_EOK ||
        zkvm_bn254_g1_mul(&key->of_input, &proof->input, &multiple) != ZKVM_EOK ||
        zkvm_bn254_g1_add(&key->of_one, &multiple, &pairs[2].g1) != ZKVM_EOK) {
        return false;
    }
    return zkvm_bn254_pairing(pairs, 4, &verified) == ZKVM_EOK && verified;
}

int main(void) {
    const uint8_t *input;
    size_t size;
    read_input(&input, &size);
    if (size < sizeof(verifying_key) || (size - sizeof(verifying_key)) % sizeof(record)) {
        return EXIT_FAILURE;
    }
    const verifying_key *key = (const verifying_key *)input; /* the input is aligned to 8 bytes, as the types ask */
    const record *proofs = (const record *)(key + 1);
    zkvm_sha256_hash hash;
    zkvm_sha256(input, sizeof *key, &hash);
    write_output(hash.data, sizeof hash.data);
    for (size_t i = 0; i < (size - sizeof *key) / sizeof(record); i++) {
        uint8_t verdict = verify(key, &proofs[i]);
        write_output(proofs[i].input.data, sizeof proofs[i].input.data);
        write_output(&verdict, 1);
    }
    return EXIT_SUCCESS;
}
