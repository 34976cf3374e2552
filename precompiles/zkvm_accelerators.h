/* Accelerated cryptography, as the zkVM standards define it (eth-act/zkvm-standards, "C interface accelerators").
 *
 * Every function declared here works. All pointers must be valid; a null pointer ends the run with exit code 134, even
 * where the length is 0. Input and output belong to the caller. */
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

#ifdef __cplusplus
}
#endif

#endif
