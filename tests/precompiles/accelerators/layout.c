/* Every type of the header as the standards lay it out: bytes aligned to 8, pairs without gaps. */
#include <stddef.h>
#include <zkvm_accelerators.h>

#define BYTES(type, size) \
    _Static_assert(sizeof(type) == (size) && _Alignof(type) == 8 && sizeof(((type *)0)->data) == (size), #type)
#define PAIR(type, first, second, at, size) \
    _Static_assert(sizeof(type) == (size) && _Alignof(type) == 8, #type); \
    _Static_assert(offsetof(type, first) == 0 && offsetof(type, second) == (at), #type)

_Static_assert(sizeof(zkvm_status) == 4 && ZKVM_EOK == 0 && ZKVM_EFAIL == -1, "zkvm_status");

BYTES(zkvm_bytes_16, 16);
BYTES(zkvm_bytes_32, 32);
BYTES(zkvm_bytes_48, 48);
BYTES(zkvm_bytes_64, 64);
BYTES(zkvm_bytes_96, 96);
BYTES(zkvm_bytes_128, 128);
BYTES(zkvm_bytes_192, 192);
BYTES(zkvm_keccak256_hash, 32);
BYTES(zkvm_sha256_hash, 32);
BYTES(zkvm_ripemd160_hash, 32);
BYTES(zkvm_secp256k1_hash, 32);
BYTES(zkvm_secp256k1_signature, 64);
BYTES(zkvm_secp256k1_pubkey, 64);
BYTES(zkvm_secp256r1_hash, 32);
BYTES(zkvm_secp256r1_signature, 64);
BYTES(zkvm_secp256r1_pubkey, 64);
BYTES(zkvm_bn254_g1_point, 64);
BYTES(zkvm_bn254_g2_point, 128);
BYTES(zkvm_bn254_scalar, 32);
PAIR(zkvm_bn254_pairing_pair, g1, g2, 64, 192);
BYTES(zkvm_blake2f_state, 64);
BYTES(zkvm_blake2f_message, 128);
BYTES(zkvm_blake2f_offset, 16);
BYTES(zkvm_bls12_381_g1_point, 96);
BYTES(zkvm_bls12_381_g2_point, 192);
BYTES(zkvm_bls12_381_scalar, 32);
BYTES(zkvm_bls12_381_fp, 48);
BYTES(zkvm_bls12_381_fp2, 96);
PAIR(zkvm_bls12_381_g1_msm_pair, point, scalar, 96, 128);
PAIR(zkvm_bls12_381_g2_msm_pair, point, scalar, 192, 224);
PAIR(zkvm_bls12_381_pairing_pair, g1, g2, 96, 288);
BYTES(zkvm_kzg_commitment, 48);
BYTES(zkvm_kzg_proof, 48);
BYTES(zkvm_kzg_field_element, 32);

int main(void) { return 0; }
