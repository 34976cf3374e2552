/* The points that openings are checked with: written by precompiles/accelerators/kzg_constants.py. */
#ifndef QUIRE_KZG_CONSTANTS_H
#define QUIRE_KZG_CONSTANTS_H

#include "bls12_381.h"

/* Minus the generator of G1, times 1, X, X^2 and X^3. */
static const g1_point powers_of_minus_g1[4] = {
    {{{0xfb3af00adb22c6bb, 0x6c55e83ff97a1aef, 0xa14e3a3f171bac58, 0xc3688c4f9774b905, 0x2695638c4fa9ac0f,
    0x17f1d3a73197d794}}, {{0xad54dcd6b939c2ca, 0x4e6f38ba0ecb751b, 0x6655b9d5caac4236, 0x67816aef1db507c9,
    0xaa7d76c8cf2e21f2, 0x114d1d6855d545a8}}, false}, {{{0x74beeb243695b52d, 0xca4516661600c41a, 0x0da5ed1941b4924b,
    0xc9f765bc93ae0a2f, 0x78f15a81eabab5d8, 0x0d3aff0f3b2e6f48}}, {{0xbb9aa956bbb1deab, 0x8814904df7d4c92c,
    0x6c4e5c40dead3c21, 0xcb29645135c8ac36, 0x395692cecbb8704b, 0x16ce48c345cce7cd}}, false}, {{{0x24e473fe0a1d7620,
    0x74f1161d8c99bcf0, 0x6ed984de104bb926, 0xa8728dd7cb4edb63, 0x49e404c01b2e0d26, 0x1333c91030ee7a46}},
    {{0x0caa232946c5e7e1, 0xd03cc744a2888ae4, 0x00db18cb2c04b3ed, 0xfcf5e095d5d00af6, 0xa09e30ed741d8ae4,
    0x08b3f481e3aaa0f1}}, false}, {{{0xffaa4baec50c42c0, 0x36f69f24d9cfab22, 0x469126d0b35a849d, 0xdc97464e50cc6ced,
    0xa03ec4f690f8ee7a, 0x1746f0d488558d69}}, {{0xfe6456a9444dcc00, 0x96976fb0b97f36d2, 0xfae276601803ba02,
    0x994de733bdbc6688, 0x11c514e777933c8b, 0x0332c926f3b2fecd}}, false}};

/* Minus the generator of G2, and [tau] G2 of Ethereum's ceremony. */
static const g2_point kzg_g2[2] = {
    {{{{{0xd48056c8c121bdb8, 0x0bac0326a805bbef, 0xb4510b647ae3d177, 0xc6e47ad4fa403b02, 0x260805272dc51051,
    0x024aa2b2f08f0a91}}, {{0xe5ac7d055d042b7e, 0x334cf11213945d57, 0xb5da61bbdc7f5049, 0x596bd0d09920b61a,
    0x7dacd3a088274f65, 0x13e02b6052719f60}}}}, {{{{0xd86bab79f74782aa, 0x8c71363275a75d75, 0xf9ee3837a55024f7,
    0xb679afda66c73f17, 0xbe51d9ef691d77bc, 0x0d1b3cc2c7027888}}, {{0x0f55f8a00fa030ed, 0xdf74f2d75467e25e,
    0x40bc3ff59f825c78, 0x993923066dddaf10, 0x186ed5061789213d, 0x13fa4d4a0ad8b1ce}}}}, false},
    {{{{{0xc98edada20c1def2, 0x087041de621000ed, 0xa36851477ba4c60b, 0x3926c911cceceac9, 0x734429b7b38608e2,
    0x185cbfee53492714}}, {{0xafaaab24f3499f72, 0x2914e5870cb452d2, 0x1009a2ce615ac53d, 0x26187075cbfbefa8,
    0x843bc287230af389, 0x15bfd7dd8cdeb128}}}}, {{{{0xee689bfbbb832a99, 0x4ce26d105941f383, 0xe82451a496a9c979,
    0x131569490e28de18, 0xd7d5ee8599d1fca2, 0x014353bdb96b626d}}, {{0x23048ef30d0a154f, 0x9495346f3d7ac9cd,
    0xda5ed1ba9bfa0789, 0xef79de09fc63671f, 0x03432fcae0181b4b, 0x1666c54b0a325295}}}}, false}};

#endif
