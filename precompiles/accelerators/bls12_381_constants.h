/* The fields of bls12_381 and its constants: written by precompiles/accelerators/pairing_constants.py. */
#ifndef QUIRE_BLS12_381_CONSTANTS_H
#define QUIRE_BLS12_381_CONSTANTS_H

#include <quire.h>
#include <stdbool.h>
#include <stdint.h>

#define FP_CALLS QUIRE_ECALL_MODULAR_384
#define FP2_CALLS QUIRE_ECALL_FP2_BLS12_381
#define G2_CALLS QUIRE_ECALL_G2_BLS12_381
#define FP12_MULTIPLY QUIRE_ECALL_FP12_BLS12_381_MULTIPLY
#define FP_DWORDS 6
#define FP_MODULUS 0xb9feffffffffaaab, 0x1eabfffeb153ffff, 0x6730d2a0f6b0f624, 0x64774b84f38512bf, 0x4b1ba7b6434bacd7, \
    0x1a0111ea397fe69a
#define FP_MINUS_ONE 0xb9feffffffffaaaa, 0x1eabfffeb153ffff, 0x6730d2a0f6b0f624, 0x64774b84f38512bf, \
    0x4b1ba7b6434bacd7, 0x1a0111ea397fe69a
#include "number.h"
#include "fp_template.h"
#include "fp2_template.h"

static const fp2 frobenius[] = {
    {{{{0x0000000000000001, 0x0000000000000000, 0x0000000000000000, 0x0000000000000000, 0x0000000000000000,
    0x0000000000000000}}, {{0x0000000000000000, 0x0000000000000000, 0x0000000000000000, 0x0000000000000000,
    0x0000000000000000, 0x0000000000000000}}}}, {{{{0x8d0775ed92235fb8, 0xf67ea53d63e7813d, 0x7b2443d784bab9c4,
    0x0fd603fd3cbd5f4f, 0xc231beb4202c0d1f, 0x1904d3bf02bb0667}}, {{0x2cf78a126ddc4af3, 0x282d5ac14d6c7ec2,
    0xec0c8ec971f63c5f, 0x54a14787b6c7b36f, 0x88e9e902231f9fb8, 0x00fc3e2b36c4e032}}}}, {{{{0x0000000000000000,
    0x0000000000000000, 0x0000000000000000, 0x0000000000000000, 0x0000000000000000, 0x0000000000000000}},
    {{0x8bfd00000000aaac, 0x409427eb4f49fffd, 0x897d29650fb85f9b, 0xaa0d857d89759ad4, 0xec02408663d4de85,
    0x1a0111ea397fe699}}}}, {{{{0xc81084fbede3cc09, 0xee67992f72ec05f4, 0x77f76e17009241c5, 0x48395dabc2d3435e,
    0x6831e36d6bd17ffe, 0x06af0e0437ff400b}}, {{0xc81084fbede3cc09, 0xee67992f72ec05f4, 0x77f76e17009241c5,
    0x48395dabc2d3435e, 0x6831e36d6bd17ffe, 0x06af0e0437ff400b}}}}, {{{{0x8bfd00000000aaad, 0x409427eb4f49fffd,
    0x897d29650fb85f9b, 0xaa0d857d89759ad4, 0xec02408663d4de85, 0x1a0111ea397fe699}}, {{0x0000000000000000,
    0x0000000000000000, 0x0000000000000000, 0x0000000000000000, 0x0000000000000000, 0x0000000000000000}}}},
    {{{{0x9b18fae980078116, 0xc63a3e6e257f8732, 0x8beadf4d8e9c0566, 0xf39816240c0b8fee, 0xdf47fa6b48b1e045,
    0x05b2cfd9013a5fd8}}, {{0x1ee605167ff82995, 0x5871c1908bd478cd, 0xdb45f3536814f0bd, 0x70df3560e77982d0,
    0x6bd3ad4afa99cc91, 0x144e4211384586c1}}}}};
static const fp frobenius_twice[] = {
    {{0x0000000000000001, 0x0000000000000000, 0x0000000000000000, 0x0000000000000000, 0x0000000000000000,
    0x0000000000000000}}, {{0x2e01fffffffeffff, 0xde17d813620a0002, 0xddb3a93be6f89688, 0xba69c6076a0f77ea,
    0x5f19672fdf76ce51, 0x0000000000000000}}, {{0x2e01fffffffefffe, 0xde17d813620a0002, 0xddb3a93be6f89688,
    0xba69c6076a0f77ea, 0x5f19672fdf76ce51, 0x0000000000000000}}, {{0xb9feffffffffaaaa, 0x1eabfffeb153ffff,
    0x6730d2a0f6b0f624, 0x64774b84f38512bf, 0x4b1ba7b6434bacd7, 0x1a0111ea397fe69a}}, {{0x8bfd00000000aaac,
    0x409427eb4f49fffd, 0x897d29650fb85f9b, 0xaa0d857d89759ad4, 0xec02408663d4de85, 0x1a0111ea397fe699}},
    {{0x8bfd00000000aaad, 0x409427eb4f49fffd, 0x897d29650fb85f9b, 0xaa0d857d89759ad4, 0xec02408663d4de85,
    0x1a0111ea397fe699}}};
static const fp half = {{0xdcff7fffffffd556, 0x0f55ffff58a9ffff, 0xb39869507b587b12, 0xb23ba5c279c2895f,
    0x258dd3db21a5d66b, 0x0d0088f51cbff34d}};
static const fp endomorphism_x = {{0x2e01fffffffefffe, 0xde17d813620a0002, 0xddb3a93be6f89688, 0xba69c6076a0f77ea,
    0x5f19672fdf76ce51, 0x0000000000000000}};
static const fp2 twist_endomorphism_x = {{{{0x0000000000000000, 0x0000000000000000, 0x0000000000000000,
    0x0000000000000000, 0x0000000000000000, 0x0000000000000000}}, {{0x8bfd00000000aaad, 0x409427eb4f49fffd,
    0x897d29650fb85f9b, 0xaa0d857d89759ad4, 0xec02408663d4de85, 0x1a0111ea397fe699}}}};
static const fp2 twist_endomorphism_y = {{{{0xf1ee7b04121bdea2, 0x304466cf3e67fa0a, 0xef396489f61eb45e,
    0x1c3dedd930b1cf60, 0xe2e9c448d77a2cd9, 0x135203e60180a68e}}, {{0xc81084fbede3cc09, 0xee67992f72ec05f4,
    0x77f76e17009241c5, 0x48395dabc2d3435e, 0x6831e36d6bd17ffe, 0x06af0e0437ff400b}}}};
static const number group_order = {{0xffffffff00000001, 0x53bda402fffe5bfe, 0x3339d80809a1d805, 0x73eda753299d7d48}};
static const number x_size = {{0xd201000000010000, 0x0000000000000000, 0x0000000000000000, 0x0000000000000000}};
static const number one_over_x_size = {{0xd1ffffff00010001, 0x67baa40089fb5bff, 0xa5e80b39939ed334,
    0x73eda753299d7d47}};
static const int8_t x_digits[] = {
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 1, 0, 1, 1};
static const uint8_t x_runs[] = {
    1, 2, 3, 9, 32, 16};

#endif
