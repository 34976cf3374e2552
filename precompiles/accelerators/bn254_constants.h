/* The fields of bn254 and its constants: written by precompiles/accelerators/pairing_constants.py. */
#ifndef QUIRE_BN254_CONSTANTS_H
#define QUIRE_BN254_CONSTANTS_H

#include <quire.h>
#include <stdbool.h>
#include <stdint.h>

#define FP_CALLS QUIRE_ECALL_MODULAR_256
#define FP2_CALLS QUIRE_ECALL_FP2_BN254
#define G2_CALLS QUIRE_ECALL_G2_BN254
#define FP12_MULTIPLY QUIRE_ECALL_FP12_BN254_MULTIPLY
#define FP_DWORDS 4
#define FP_MODULUS 0x3c208c16d87cfd47, 0x97816a916871ca8d, 0xb85045b68181585d, 0x30644e72e131a029
#define FP_MINUS_ONE 0x3c208c16d87cfd46, 0x97816a916871ca8d, 0xb85045b68181585d, 0x30644e72e131a029
#include "number.h"
#include "fp_template.h"
#include "fp2_template.h"

static const fp2 frobenius[] = {
    {{{{0x0000000000000001, 0x0000000000000000, 0x0000000000000000, 0x0000000000000000}}, {{0x0000000000000000,
    0x0000000000000000, 0x0000000000000000, 0x0000000000000000}}}}, {{{{0xd60b35dadcc9e470, 0x5c521e08292f2176,
    0xe8b99fdd76e68b60, 0x1284b71c2865a7df}}, {{0xca5cf05f80f362ac, 0x747992778eeec7e5, 0xa6327cfe12150b8e,
    0x246996f3b4fae7e6}}}}, {{{{0x99e39557176f553d, 0xb78cc310c2c3330c, 0x4c0bec3cf559b143, 0x2fb347984f7911f7}},
    {{0x1665d51c640fcba2, 0x32ae2a1d0b7c9dce, 0x4ba4cc8bd75a0794, 0x16c9e55061ebae20}}}}, {{{{0xdc54014671a0135a,
    0xdbaae0eda9c95998, 0xdc5ec698b6e2f9b9, 0x063cf305489af5dc}}, {{0x82d37f632623b0e3, 0x21807dc98fa25bd2,
    0x0704b5a7ec796f2b, 0x07c03cbcac41049a}}}}, {{{{0x848a1f55921ea762, 0xd33365f7be94ec72, 0x80f3c0b75a181e84,
    0x05b54f5e64eea801}}, {{0xc13b4711cd2b8126, 0x3685d2ea1bdec763, 0x9f3a80b03b0b1c92, 0x2c145edbe7fd8aee}}}},
    {{{{0x2ea2c810eab7692f, 0x425c459b55aa1bd3, 0xe93a3661a4353ff4, 0x0183c1e74f798649}}, {{0x24c6b8ee6e0c2c4b,
    0xb080cb99678e2ac0, 0xa27fb246c7729f7d, 0x12acf2ca76fd0675}}}}};
static const fp frobenius_twice[] = {
    {{0x0000000000000001, 0x0000000000000000, 0x0000000000000000, 0x0000000000000000}}, {{0xe4bd44e5607cfd49,
    0xc28f069fbb966e3d, 0x5e6dd9e7e0acccb0, 0x30644e72e131a029}}, {{0xe4bd44e5607cfd48, 0xc28f069fbb966e3d,
    0x5e6dd9e7e0acccb0, 0x30644e72e131a029}}, {{0x3c208c16d87cfd46, 0x97816a916871ca8d, 0xb85045b68181585d,
    0x30644e72e131a029}}, {{0x5763473177fffffe, 0xd4f263f1acdb5c4f, 0x59e26bcea0d48bac, 0x0000000000000000}},
    {{0x5763473177ffffff, 0xd4f263f1acdb5c4f, 0x59e26bcea0d48bac, 0x0000000000000000}}};
static const fp2 twist_b = {{{{0x3267e6dc24a138e5, 0xb5b4c5e559dbefa3, 0x81be18991be06ac3, 0x2b149d40ceb8aaae}},
    {{0xe4a2bd0685c315d2, 0xa74fa084e52d1852, 0xcd2cafadeed8fdf4, 0x009713b03af0fed4}}}};
static const int8_t miller_digits[] = {
    0, 0, 0, 1, 0, 1, 0, -1, 0, 0, -1, 0, 0, 0, 1, 0, 0, -1, 0, -1, 0, 0, 0, 1, 0, -1, 0, 0, 0, 0, -1, 0, 0, 1, 0, -1,
    0, 0, 1, 0, 0, 0, 0, 0, -1, 0, 0, -1, 0, 1, 0, -1, 0, 0, 0, -1, 0, -1, 0, 0, 0, 1, 0, -1, 0, 1};
static const int8_t x_digits[] = {
    1, 0, 0, 0, 7, 0, 0, 3, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 5, 0, 0, 1, 0, 0, 5, 0, 0, 0, 0, 1, 0, 0, 0, 5, 0, 0, 5,
    0, 0, 0, 1, 0, 0, 1, 0, 0, 3, 0, 0, 0, 5, 0, 0, 3, 0, 0, 0, 1, 0, 0, 0, 1};

#endif
