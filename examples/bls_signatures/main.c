/* Checks BLS signatures: of each, the input has the key in G1, the signature in G2, both uncompressed, and a message of 32
 * bytes.
 *
 * The suite BLS_SIG_BLS12381G2_XMD:SHA-256_SSWU_RO_POP_, which Ethereum's consensus layer uses ("BLS signatures",
 * draft-irtf-cfrg-bls-signature, and RFC 9380 for the hash to the curve). */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <zkvm_accelerators.h>
#include <zkvm_io.h>

#define MESSAGE_SIZE 32
#define NUM_HASHES 8   /* of 32 bytes, which make four numbers */
#define NUMBER_SIZE 64 /* so many bytes that what they leave modulo the prime is as good as uniform */

typedef struct {
    zkvm_bls12_381_g1_point key;
    zkvm_bls12_381_g2_point signature;
    uint8_t message[MESSAGE_SIZE];
} record;

static const char domain[] = "BLS_SIG_BLS12381G2_XMD:SHA-256_SSWU_RO_POP_"; /* its last byte, 0, becomes its length */

static const uint8_t prime[48] = {
    0x1a, 0x01, 0x11, 0xea, 0x39, 0x7f, 0xe6, 0x9a, 0x4b, 0x1b, 0xa7, 0xb6, 0x43, 0x4b, 0xac, 0xd7,
    0x64, 0x77, 0x4b, 0x84, 0xf3, 0x85, 0x12, 0xbf, 0x67, 0x30, 0xd2, 0xa0, 0xf6, 0xb0, 0xf6, 0x24,
    0x1e, 0xab, 0xff, 0xfe, 0xb1, 0x53, 0xff, 0xff, 0xb9, 0xfe, 0xff, 0xff, 0xff, 0xff, 0xaa, 0xab,
};

static const zkvm_bls12_381_g1_point minus_generator = {{
    0x17, 0xf1, 0xd3, 0xa7, 0x31, 0x97, 0xd7, 0x94, 0x26, 0x95, 0x63, 0x8c, 0x4f, 0xa9, 0xac, 0x0f,
    0xc3, 0x68, 0x8c, 0x4f, 0x97, 0x74, 0xb9, 0x05, 0xa1, 0x4e, 0x3a, 0x3f, 0x17, 0x1b, 0xac, 0x58,
    0x6c, 0x55, 0xe8, 0x3f, 0xf9, 0x7a, 0x1a, 0xef, 0xfb, 0x3a, 0xf0, 0x0a, 0xdb, 0x22, 0xc6, 0xbb,
    0x11, 0x4d, 0x1d, 0x68, 0x55, 0xd5, 0x45, 0xa8, 0xaa, 0x7d, 0x76, 0xc8, 0xcf, 0x2e, 0x21, 0xf2,
    0x67, 0x81, 0x6a, 0xef, 0x1d, 0xb5, 0x07, 0xc9, 0x66, 0x55, 0xb9, 0xd5, 0xca, 0xac, 0x42, 0x36,
    0x4e, 0x6f, 0x38, 0xba, 0x0e, 0xcb, 0x75, 0x1b, 0xad, 0x54, 0xdc, 0xd6, 0xb9, 0x39, 0xc2, 0xca,
}};

/* RFC 9380, section 5.3.1, "expand_message_xmd", for NUM_HASHES hashes. */
static void expand(zkvm_sha256_hash hashes[NUM_HASHES], const uint8_t message[MESSAGE_SIZE]) {
    uint8_t first[64 + MESSAGE_SIZE + 3 + sizeof domain] = {0}, next[32 + 1 + sizeof domain];
    zkvm_sha256_hash seed;
    memcpy(first + 64, message, MESSAGE_SIZE); /* behind a block of zeros */
    first[64 + MESSAGE_SIZE] = NUM_HASHES * 32 >> 8;
    memcpy(first + 64 + MESSAGE_SIZE + 3, domain, sizeof domain);
    first[sizeof first - 1] = sizeof domain - 1;
    zkvm_sha256(first, sizeof first, &seed);
    memcpy(next + 33, domain, sizeof domain);
    next[sizeof next - 1] = sizeof domain - 1;
    for (int i = 0; i < NUM_HASHES; i++) {
        for (int k = 0; k < 32; k++) {
            next[k] = seed.data[k] ^ (i ? hashes[i - 1].data[k] : 0);
        }
        next[32] = (uint8_t)(i + 1);
        zkvm_sha256(next, sizeof next, &hashes[i]);
    }
}

/* Section 3, "hash_to_curve". The function of the standard clears the cofactor as well, and may do so before the sum. */
static void hash_to_g2(zkvm_bls12_381_g2_point *result, const uint8_t message[MESSAGE_SIZE]) {
    static const uint8_t one[] = {1};
    zkvm_sha256_hash hashes[NUM_HASHES];
    zkvm_bls12_381_fp2 elements[2];
    zkvm_bls12_381_g2_point points[2];
    expand(hashes, message);
    for (int i = 0; i < 4; i++) {
        uint8_t *element = elements[i / 2].data + i % 2 * sizeof prime;
        zkvm_modexp((const uint8_t *)&hashes[2 * i], NUMBER_SIZE, one, 1, prime, sizeof prime, element);
    }
    for (int i = 0; i < 2; i++) {
        zkvm_bls12_map_fp2_to_g2(&elements[i], &points[i]);
    }
    zkvm_bls12_g2_add(&points[0], &points[1], result);
}

/* e(key, hash) e(-generator, signature) = 1. Points that are not of their groups are no key and no signature, and infinity is
 * no key: its signature would be true of every message. */
static bool verify(const record *signed_message) {
    static const zkvm_bls12_381_g1_point infinity;
    zkvm_bls12_381_pairing_pair pairs[2] = {{.g1 = signed_message->key}, {minus_generator, signed_message->signature}};
    bool verified = false;
    if (!memcmp(&signed_message->key, &infinity, sizeof infinity)) {
        return false;
    }
    hash_to_g2(&pairs[0].g2, signed_message->message);
    return zkvm_bls12_pairing(pairs, 2, &verified) == ZKVM_EOK && verified;
}

int main(void) {
    const uint8_t *input;
    size_t size;
    read_input(&input, &size);
    if (size % sizeof(record)) {
        return EXIT_FAILURE;
    }
    const record *records = (const record *)input; /* the input is aligned to 8 bytes, as the types ask */
    for (size_t i = 0; i < size / sizeof(record); i++) {
        uint8_t verdict = verify(&records[i]);
        write_output(&verdict, 1);
    }
    return EXIT_SUCCESS;
}
