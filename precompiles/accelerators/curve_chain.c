/* Sums of multiples of points by chains, calls of 64 steps each: <curve/chain.h> says how digits and points make them.
 *
 * The bases are a point and its image under the endomorphism, if there is one, and before them those of a known point. A chain
 * starts from a point whose multiple is subtracted at the end, since it has to start somewhere. A step without a result is as
 * rare as guessing a relation between that point and the others, but who chooses the others can bring it about: then the caller
 * sums up step by step. */
#include "curve.h"

#define MAX_BASES (QUIRE_CURVE_CHAIN_DIGITS)
#define BASES_OF_POINT 2

typedef struct {
    number bits[MAX_BASES]; /* set for a digit 1, not for a digit -1 */
    unsigned num_bases, num_dwords;
} chain;

/* What makes up for an even multiple. */
enum { NOTHING, SUBTRACT_BASE, ADD_BASE };

/* `size` times a base, or minus that. Of an even size, the digits are of the next one, and one base is to be taken off. The bits
 * of (k + 2^n - 1) / 2 are those of k shifted down, with the highest one set; of -k they are all the opposite. */
static inline unsigned append(chain *all, const number *size, bool negative, unsigned num_dwords) {
    uint64_t *bits = all->bits[all->num_bases++].dwords, turned = -(uint64_t)negative, above = 1;
#pragma clang loop unroll(full)
    for (unsigned k = num_dwords; k-- > 0;) {
        bits[k] = (size->dwords[k] >> 1 | above << 63) ^ turned;
        above = size->dwords[k];
    }
    return size->dwords[0] & 1 ? NOTHING : negative ? ADD_BASE : SUBTRACT_BASE;
}

static inline bool is_long(const number *k) { return k->dwords[2] | k->dwords[3]; }

/* False if a half is longer than it can be. */
static bool append_multiple(chain *all, const curve *c, const number *scalar, unsigned amends[BASES_OF_POINT]) {
    if (!c->endomorphism) {
        amends[0] = append(all, scalar, false, NUMBER_DWORDS);
        amends[1] = NOTHING;
        return true;
    }
    halves of;
    quire_curve_split(c, &of, scalar);
    amends[0] = append(all, &of.first, of.first_is_negative, NUMBER_DWORDS / 2);
    amends[1] = append(all, &of.second, of.second_is_negative, NUMBER_DWORDS / 2);
    return !is_long(&of.first) && !is_long(&of.second);
}

static void set_image(const curve *c, finite_point *q, const finite_point *p) {
    finite_point_copy(q, p);
    number_multiply(&q->x, &c->endomorphism->beta, &c->prime);
}

/* The image of a point plus and minus that. With lambda^2 + lambda + 1 = 0 the sum is minus the image's image. Neither is
 * infinite, nor is an x that of another: x is not 0, or the order would not be a prime. */
static void set_sums_of_bases(const curve *c, finite_point sums[2], const finite_point *p) {
    finite_point minus;
    finite_point_negate(c, &minus, p);
    set_image(c, &sums[1], p);
    number_copy(&sums[0].x, &sums[1].x);
    number_multiply(&sums[0].x, &c->endomorphism->beta, &c->prime);
    number_copy(&sums[0].y, &minus.y);
    quire_curve_add(c->call, sums[1].x.dwords, minus.x.dwords);
}

/* Each of `count` points plus each sum of a known point's bases. False if an x is that of another, as where one of two is the
 * known point: no chain needs to know whether they are equal or opposite. */
static bool set_points(const curve *c, finite_point *points, const finite_point *own, size_t count, const known_point *known) {
    size_t num_sums = c->endomorphism ? 4 : 2;
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < num_sums; k++, points++) {
            if (number_equal(&own[i].x, &known->sums[k].x)) {
                return false;
            }
            finite_point_copy(points, &own[i]);
            quire_curve_add(c->call, points->x.dwords, known->sums[k].x.dwords);
        }
    }
    return true;
}

/* From the highest dwords on. False if a step has no result. */
static bool run(const chain *all, const curve *c, point *sum, const finite_point *points) {
    unsigned last = all->num_bases - 1;
    number_copy(&sum->x, &c->chain->start.x);
    number_copy(&sum->y, &c->chain->start.y);
    sum->is_infinite = false;
    for (unsigned k = all->num_dwords; k-- > 0;) {
        uint64_t digits[QUIRE_CURVE_CHAIN_DIGITS] = {0}, sign = all->bits[last].dwords[k];
        for (unsigned j = 0; j < last; j++) {
            digits[j] = all->bits[j].dwords[k] ^ sign;
        }
        digits[QUIRE_CURVE_CHAIN_DIGITS - 1] = sign;
        quire_curve_chain(c->call, sum->x.dwords, points->x.dwords, digits);
        if (number_is_zero(&sum->x) && number_is_zero(&sum->y)) {
            return false;
        }
    }
    return true;
}

/* sum <- sum - p or sum + p, or as it is. */
static void amend(const curve *c, point *sum, const finite_point *p, unsigned how) {
    finite_point minus;
    if (how == NOTHING) {
        return;
    }
    if (how == SUBTRACT_BASE) {
        finite_point_negate(c, &minus, p);
        p = &minus;
    }
    quire_group_add(c, sum, p);
}

bool quire_curve_chain_sum(const curve *c, point *sum, const multiple *multiples, size_t count) {
    static finite_point two_points[QUIRE_CURVE_CHAIN_POINTS]; /* of which no digit selects others: these stay zeros */
    const known_point *known = count > 1 ? multiples[0].known : 0;
    const finite_point *p = multiples[count - 1].point;
    finite_point sums[2], all_points[QUIRE_CURVE_CHAIN_POINTS], *points = two_points;
    unsigned amends_of_known[BASES_OF_POINT] = {NOTHING, NOTHING}, amends[BASES_OF_POINT];
    chain all;
    all.num_bases = 0;
    all.num_dwords = c->endomorphism ? NUMBER_DWORDS / 2 : NUMBER_DWORDS;
    if ((known && !append_multiple(&all, c, &multiples[0].scalar, amends_of_known)) ||
        !append_multiple(&all, c, &multiples[count - 1].scalar, amends)) {
        return false;
    }
    if (!c->endomorphism) {
        if (!set_points(c, points, p, 1, known)) {
            return false;
        }
    } else if (!known) {
        set_sums_of_bases(c, points, p);
    } else {
        points = all_points;
        set_sums_of_bases(c, sums, p);
        if (!set_points(c, points, sums, 2, known)) {
            return false;
        }
    }
    if (!run(&all, c, sum, points)) {
        return false;
    }
    quire_group_add(c, sum, known ? &known->ends[amends_of_known[0] + 3 * amends_of_known[1]] : &c->chain->minus_end);
    amend(c, sum, p, amends[0]);
    if (amends[1] != NOTHING) {
        finite_point image;
        set_image(c, &image, p);
        amend(c, sum, &image, amends[1]);
    }
    return true;
}
