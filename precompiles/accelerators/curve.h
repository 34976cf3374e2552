/* Curves y^2 = x^3 + a x + b of a prime order, over a prime field of 256 bits, and sums of multiples of their points. */
#ifndef QUIRE_GROUP_H
#define QUIRE_GROUP_H

#include <stddef.h>

#include "number.h"

/* (beta x, y) is lambda (x, y). A multiple k is k_1 + k_2 lambda of half the length: Gallant, Lambert and Vanstone, "Faster
 * point multiplication on elliptic curves with efficient endomorphisms", with the rounded quotients k g_i / 2^320, of which
 * k_2 is e_1 and e_2 times as many. */
typedef struct {
    number beta, lambda;
    number g[2], e[2];
} endomorphism;

typedef struct {
    number prime, order, a, b;
    uint64_t call;                    /* which curve it is to the precompile */
    const endomorphism *endomorphism; /* or null */
} curve;

/* As the calls take it. */
typedef struct {
    number x, y;
} finite_point;

/* Begins with a finite point. */
typedef struct {
    number x, y;
    bool is_infinite;
} point;

/* A multiple of a point. A digit d of the scalar is odd, of `width` bits with its sign, and selects points[d >> 1], which is d
 * times the point: so those of negative digits lie before. images: theirs under the endomorphism, if the curve has one. */
typedef struct {
    number scalar; /* below the order */
    const finite_point *points, *images;
    unsigned width;
} multiple;

#define MULTIPLE_WIDTH 5 /* that costs least where the points are computed for the occasion */
#define MULTIPLE_POINTS (1 << (MULTIPLE_WIDTH - 2))

/* What a multiple's digits of MULTIPLE_WIDTH bits select from, which is in the middle. */
typedef struct {
    finite_point points[2 * MULTIPLE_POINTS], images[2 * MULTIPLE_POINTS];
} odd_multiples;

/* Whether finite coordinates are reduced and on the curve. */
bool quire_curve_has(const curve *c, const finite_point *p);

/* p <- 2 p. The order is odd: y is not 0, and twice a finite point is finite. */
static inline void quire_group_double(const curve *c, point *p) {
    if (!p->is_infinite) {
        quire_curve_double(c->call, p->x.dwords);
    }
}

/* p <- p + q; they may be equal or opposite, and p infinite. */
void quire_group_add(const curve *c, point *p, const finite_point *q);

/* of <- the multiple of p by a scalar, which is still to be set. `all` is room for its points. */
void quire_curve_odd_multiples(const curve *c, multiple *of, odd_multiples *all, const finite_point *p);

/* The sum of one or two multiples. */
void quire_curve_sum(const curve *c, point *sum, const multiple *multiples, size_t count);

#endif
