/* BLS12-381: its fields, its two groups and their encodings, and what the functions of the standard share.
 *
 * G1 are the points of order r of y^2 = x^3 + 4 over Fp, G2 those of y^2 = x^3 + 4 (1 + u) over Fp2. */
#ifndef QUIRE_BLS12_381_H
#define QUIRE_BLS12_381_H

#include <stddef.h>
#include <zkvm_accelerators.h>

#include "bls12_381_constants.h"

typedef struct {
    fp x, y;
    bool is_infinite;
} g1_point;

typedef struct {
    fp2 x, y;
    bool is_infinite;
} g2_point;

static const fp g1_b = {{4}};
static const fp2 g2_b = {{{{4}}, {{4}}}}, xi = {{{{1}}, {{1}}}};

/* xi = 1 + u is not a cube or square: w^6 = xi. */
static inline void fp2_multiply_by_xi(fp2 *x) { fp2_multiply(x, &xi); }

/* The real part first. */
static inline bool fp2_read(fp2 *x, const uint8_t *bytes) {
    bool is_reduced = fp_read(&x->c[0], bytes);
    return fp_read(&x->c[1], bytes + FP_BYTES) && is_reduced;
}

static inline void fp2_write(uint8_t *bytes, const fp2 *x) {
    fp_write(bytes, &x->c[0]);
    fp_write(bytes + FP_BYTES, &x->c[1]);
}

/* From EIP-2537's encoding without its padding; all zeros mean infinity. False if a coordinate is not reduced or the
 * point not on the curve; the subgroup is not looked at. */
bool quire_bls12_381_g1_read(g1_point *p, const zkvm_bls12_381_g1_point *encoded);
bool quire_bls12_381_g2_read(g2_point *p, const zkvm_bls12_381_g2_point *encoded);
void quire_bls12_381_g1_write(zkvm_bls12_381_g1_point *encoded, const g1_point *p);
void quire_bls12_381_g2_write(zkvm_bls12_381_g2_point *encoded, const g2_point *p);

bool quire_bls12_381_is_in_g1(const g1_point *p);

/* Points whose multiples share their doublings, at most. */
#define POINTS_AT_ONCE 4

/* sum <- sum + a p + b q for a point q that is given by its multiples by 1, X, X^2 and X^3, X = |x|. False if the sum before, or
 * p, is not of the group; both are points of the curve. */
bool quire_bls12_381_g1_add_multiples(g1_point *sum, const g1_point *p, const number *a, const g1_point *powers_of_q,
                                      const number *b);

/* p <- a point of the group: "clear_cofactor" of RFC 9380, section 8.8. */
void quire_bls12_381_g1_clear_cofactor(g1_point *p);
void quire_bls12_381_g2_clear_cofactor(g2_point *p);

/* is_one <- whether the product of e(p[i], q[i]) is 1, for points of G1 and points of the second curve: false, and
 * is_one is left alone, if one of these is not of G2. */
bool quire_bls12_381_pairing(const g1_point *p, const g2_point *q, size_t num_pairs, bool *is_one);

#endif
