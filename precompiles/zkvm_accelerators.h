/* Accelerated cryptography, as the zkVM standards define it (eth-act/zkvm-standards, "C interface accelerators").
 *
 * Every function declared here works. All pointers must be valid; a null pointer ends the run with exit code 134, even
 * where the length is 0, and so does a length that ends beyond the memory. Input and output belong to the caller. */
#ifndef ZKVM_ACCELERATORS_H
#define ZKVM_ACCELERATORS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum {
    ZKVM_EOK = 0,
    ZKVM_EFAIL = -1,
} zkvm_status;

#ifdef __cplusplus
#define ZKVM_ALIGNED alignas(8)
#else
#define ZKVM_ALIGNED _Alignas(8)
#endif

typedef struct {
    ZKVM_ALIGNED uint8_t data[16];
} zkvm_bytes_16;

typedef struct {
    ZKVM_ALIGNED uint8_t data[32];
} zkvm_bytes_32;

typedef struct {
    ZKVM_ALIGNED uint8_t data[48];
} zkvm_bytes_48;

typedef struct {
    ZKVM_ALIGNED uint8_t data[64];
} zkvm_bytes_64;

typedef struct {
    ZKVM_ALIGNED uint8_t data[96];
} zkvm_bytes_96;

typedef struct {
    ZKVM_ALIGNED uint8_t data[128];
} zkvm_bytes_128;

typedef struct {
    ZKVM_ALIGNED uint8_t data[192];
} zkvm_bytes_192;

typedef zkvm_bytes_32 zkvm_keccak256_hash;
typedef zkvm_bytes_32 zkvm_sha256_hash;
typedef zkvm_bytes_32 zkvm_ripemd160_hash; /* twelve zeros before the 20 bytes */

/* Keccak-256, as Ethereum uses it, of `len` bytes. No alignment is asked of them; aligned to 8 bytes, they are hashed
 * where they lie. */
zkvm_status zkvm_keccak256(const uint8_t *data, size_t len, zkvm_keccak256_hash *output);

/* SHA-256 (FIPS 180-4) of `len` bytes. No alignment is asked of them; aligned to 8 bytes, they are hashed where they
 * lie. */
zkvm_status zkvm_sha256(const uint8_t *data, size_t len, zkvm_sha256_hash *output);

/* RIPEMD-160 of `len` bytes, in plain instructions. */
zkvm_status zkvm_ripemd160(const uint8_t *data, size_t len, zkvm_ripemd160_hash *output);

/* ECDSA over secp256k1 and secp256r1: numbers of 32 bytes, the most significant first. A signature is r, s; a key x, y. A
 * hash is any number. */
typedef zkvm_bytes_32 zkvm_secp256k1_hash;
typedef zkvm_bytes_64 zkvm_secp256k1_signature;
typedef zkvm_bytes_64 zkvm_secp256k1_pubkey;
typedef zkvm_bytes_32 zkvm_secp256r1_hash;
typedef zkvm_bytes_64 zkvm_secp256r1_signature;
typedef zkvm_bytes_64 zkvm_secp256r1_pubkey;

/* Fails if the key is not a point of the curve, with reduced coordinates. A signature with r or s 0 or not below the order
 * is false; s may be above half the order. */
zkvm_status zkvm_secp256k1_verify(const zkvm_secp256k1_hash *msg, const zkvm_secp256k1_signature *sig,
                                  const zkvm_secp256k1_pubkey *pubkey, bool *verified);
zkvm_status zkvm_secp256r1_verify(const zkvm_secp256r1_hash *msg, const zkvm_secp256r1_signature *sig,
                                  const zkvm_secp256r1_pubkey *pubkey, bool *verified);

/* The key by which this is a signature. `recid` is 0 to 3: its lowest bit that of y of the signature's point, the next
 * whether its x is r plus the order. Fails if there is no such key: also for r or s 0 or not below the order. */
zkvm_status zkvm_secp256k1_ecrecover(const zkvm_secp256k1_hash *msg, const zkvm_secp256k1_signature *sig, uint8_t recid,
                                     zkvm_secp256k1_pubkey *output);

/* base^exp modulo a number, of which each may be of any length, the most significant byte first; 0^0 is 1. The result has
 * `mod_len` bytes, all of them 0 for the moduli 0 and 1. Fails only if there is no memory left. */
zkvm_status zkvm_modexp(const uint8_t *base, size_t base_len, const uint8_t *exp, size_t exp_len, const uint8_t *modulus,
                        size_t mod_len, uint8_t *output);

/* bn254 (EIP-196, 197): coordinates of 32 bytes, the most significant first, an Fp2 element with its imaginary part first;
 * infinity is all zeros. A scalar is any number. */
typedef zkvm_bytes_64 zkvm_bn254_g1_point;
typedef zkvm_bytes_128 zkvm_bn254_g2_point;
typedef zkvm_bytes_32 zkvm_bn254_scalar;

typedef struct {
    zkvm_bn254_g1_point g1;
    zkvm_bn254_g2_point g2;
} zkvm_bn254_pairing_pair;

/* Fail if a coordinate is not reduced or a point not on the curve. */
zkvm_status zkvm_bn254_g1_add(const zkvm_bn254_g1_point *p1, const zkvm_bn254_g1_point *p2, zkvm_bn254_g1_point *result);
zkvm_status zkvm_bn254_g1_mul(const zkvm_bn254_g1_point *point, const zkvm_bn254_scalar *scalar, zkvm_bn254_g1_point *result);

/* Whether the product of the pairings is one; it is for no pairs. Fails if a coordinate is not reduced or a point not of
 * its group. */
zkvm_status zkvm_bn254_pairing(const zkvm_bn254_pairing_pair *pairs, size_t num_pairs, bool *verified);

/* BLAKE2b's compression function F (EIP-152), in plain instructions: all dwords are little-endian. `h` is the state, and
 * becomes the new one; `t` the offset; `f` is 1 for the last block, else 0. Fails for any other `f`. */
typedef zkvm_bytes_64 zkvm_blake2f_state;
typedef zkvm_bytes_128 zkvm_blake2f_message;
typedef zkvm_bytes_16 zkvm_blake2f_offset;

zkvm_status zkvm_blake2f(uint32_t rounds, zkvm_blake2f_state *h, const zkvm_blake2f_message *m, const zkvm_blake2f_offset *t,
                         uint8_t f);

/* BLS12-381 (EIP-2537, without its padding): coordinates of 48 bytes, the most significant first, an Fp2 element with its
 * real part first; infinity is all zeros. A scalar is any number of 256 bits, the most significant byte first. */
typedef zkvm_bytes_96 zkvm_bls12_381_g1_point;
typedef zkvm_bytes_192 zkvm_bls12_381_g2_point;
typedef zkvm_bytes_32 zkvm_bls12_381_scalar;
typedef zkvm_bytes_48 zkvm_bls12_381_fp;
typedef zkvm_bytes_96 zkvm_bls12_381_fp2;

typedef struct {
    zkvm_bls12_381_g1_point point;
    zkvm_bls12_381_scalar scalar;
} zkvm_bls12_381_g1_msm_pair;

typedef struct {
    zkvm_bls12_381_g2_point point;
    zkvm_bls12_381_scalar scalar;
} zkvm_bls12_381_g2_msm_pair;

typedef struct {
    zkvm_bls12_381_g1_point g1;
    zkvm_bls12_381_g2_point g2;
} zkvm_bls12_381_pairing_pair;

/* The sum of two points of the curve. Fails if a coordinate is not reduced or a point not on the curve. */
zkvm_status zkvm_bls12_g1_add(const zkvm_bls12_381_g1_point *p1, const zkvm_bls12_381_g1_point *p2,
                              zkvm_bls12_381_g1_point *result);
zkvm_status zkvm_bls12_g2_add(const zkvm_bls12_381_g2_point *p1, const zkvm_bls12_381_g2_point *p2,
                              zkvm_bls12_381_g2_point *result);

/* The sum of the points' multiples by their scalars. Fails if there are none, or a point is not of the group. */
zkvm_status zkvm_bls12_g1_msm(const zkvm_bls12_381_g1_msm_pair *pairs, size_t num_pairs, zkvm_bls12_381_g1_point *result);
zkvm_status zkvm_bls12_g2_msm(const zkvm_bls12_381_g2_msm_pair *pairs, size_t num_pairs, zkvm_bls12_381_g2_point *result);

/* Whether the product of the pairings is one; it is for no pairs. Fails if a coordinate is not reduced or a point not of
 * its group. */
zkvm_status zkvm_bls12_pairing(const zkvm_bls12_381_pairing_pair *pairs, size_t num_pairs, bool *verified);

/* A point of the group for an element of Fp (Fp2): "map_to_curve" and "clear_cofactor" of RFC 9380's suites BLS12381G1 and
 * BLS12381G2. Fails if a coordinate is not reduced. */
zkvm_status zkvm_bls12_map_fp_to_g1(const zkvm_bls12_381_fp *field_element, zkvm_bls12_381_g1_point *result);
zkvm_status zkvm_bls12_map_fp2_to_g2(const zkvm_bls12_381_fp2 *field_element, zkvm_bls12_381_g2_point *result);

/* KZG (EIP-4844): compressed points of BLS12-381's G1, and numbers below the group's order, the most significant byte
 * first. */
typedef zkvm_bytes_48 zkvm_kzg_commitment;
typedef zkvm_bytes_48 zkvm_kzg_proof;
typedef zkvm_bytes_32 zkvm_kzg_field_element;

/* Whether the polynomial of this commitment is y at z. Fails if a number is not reduced or a point not of the group. */
zkvm_status zkvm_kzg_point_eval(const zkvm_kzg_commitment *commitment, const zkvm_kzg_field_element *z,
                                const zkvm_kzg_field_element *y, const zkvm_kzg_proof *proof, bool *verified);

#ifdef __cplusplus
}
#endif

#endif
