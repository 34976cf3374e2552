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

/* As the calls take it. */
typedef struct {
    number x, y;
} finite_point;

static inline void finite_point_copy(finite_point *p, const finite_point *q) {
    number_copy(&p->x, &q->x);
    number_copy(&p->y, &q->y);
}

/* Where chains start: a point that nobody chose. And what it has become when they end, with the other sign. */
typedef struct {
    finite_point start, minus_end;
} chain_ends;

typedef struct {
    number prime, order, a, b;
    uint64_t call;                    /* which curve it is to the precompile */
    const endomorphism *endomorphism; /* or null */
    const chain_ends *chain;
} curve;

/* Begins with a finite point. */
typedef struct {
    number x, y;
    bool is_infinite;
} point;

/* What digits of a point's multiples select: a digit d is odd, of `width` bits with its sign, and selects points[d >> 1], which
 * is d times the point: so those of negative digits lie before. images: theirs under the endomorphism, if the curve has one. */
typedef struct {
    const finite_point *points, *images;
    unsigned width;
} digit_points;

/* A point whose multiples are known. Its bases are it and, with an endomorphism, its image. `sums` are of all bases, those of
 * them subtracted whose bits are set in the place. `ends` are the end of chains, with the other sign, and what makes up for
 * multiples that are even: of base i the digit 3^i of the place is 1 where it is to be subtracted, 2 where it is to be added. */
typedef struct {
    digit_points odd;
    const finite_point *sums, *ends;
} known_point;

/* Of a point, or of one that is known. */
typedef struct {
    number scalar; /* below the order */
    const finite_point *point;
    const known_point *known;
} multiple;

/* q <- -p, another point than p. */
static inline void finite_point_negate(const curve *c, finite_point *q, const finite_point *p) {
    number_copy(&q->x, &p->x);
    number_copy(&q->y, &number_zero);
    number_subtract(&q->y, &p->y, &c->prime);
}

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

/* k = first + second lambda modulo the order, both as their sizes, which are short. */
typedef struct {
    number first, second;
    bool first_is_negative, second_is_negative;
} halves;

void quire_curve_split(const curve *c, halves *of, const number *k);

/* The sum of a multiple, or of two of which the first is of a known point, by chains; at least two halves. False if that cannot
 * be: the other one is of a point that is not known. */
bool quire_curve_chain_sum(const curve *c, point *sum, const multiple *multiples, size_t count);

/* The same, in any case. */
void quire_curve_sum(const curve *c, point *sum, const multiple *multiples, size_t count);

#endif
