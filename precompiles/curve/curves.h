/* The numbers of curves in the calls on them. */
#ifndef QUIRE_CURVES_H
#define QUIRE_CURVES_H

#define QUIRE_CURVE_SECP256K1 0
#define QUIRE_CURVE_SECP256R1 1
#define QUIRE_CURVE_BN254 2
#define QUIRE_CURVE_BLS12_381 3

#endif
