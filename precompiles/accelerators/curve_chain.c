/* Sums of multiples of points by chains, calls of 64 steps each: <curve/chain.h> says how digits and points make them.
 *
 * A chain starts from a point whose multiple is subtracted at the end, since it has to start somewhere. A step without a result
 * is as rare as guessing a relation between that point and the others, but who chooses the others can bring it about: then
 * the caller sums up step by step. */
#include "curve.h"

#define MAX_BASES (QUIRE_CURVE_CHAIN_DIGITS)

typedef struct {
    finite_point bases[MAX_BASES], negative[MAX_BASES];
    number bits[MAX_BASES];          /* set for a digit 1, not for a digit -1 */
    const finite_point *correction[MAX_BASES]; /* to be added; null where the multiple is odd */
    unsigned num_bases, num_dwords;
} chain;

static void negate(const curve *c, finite_point *q, const finite_point *p) {
    number_copy(&q->x, &p->x);
    number_copy(&q->y, &p->y);
    number_negate(&q->y, &c->prime);
}

/* `size` times the base, or minus that. Of an even size, the digits are of the next one, and one base is taken off. The bits of
 * (k + 2^n - 1) / 2 are those of k shifted down, with the highest one set; of -k they are all the opposite. */
static void append(chain *all, const curve *c, const finite_point *base, const number *size, bool negative) {
    unsigned i = all->num_bases++, last = all->num_dwords - 1;
    uint64_t turned = negative ? ~UINT64_C(0) : 0;
    all->bases[i] = *base;
    negate(c, &all->negative[i], base);
    for (unsigned k = 0; k <= last; k++) {
        uint64_t above = k < last ? size->dwords[k + 1] << 63 : UINT64_C(1) << 63;
        all->bits[i].dwords[k] = (size->dwords[k] >> 1 | above) ^ turned;
    }
    bool is_odd = size->dwords[0] & 1;
    all->correction[i] = is_odd ? 0 : negative ? &all->bases[i] : &all->negative[i];
}

static inline bool is_long(const number *k) { return k->dwords[2] | k->dwords[3]; }

/* False if a half is longer than it can be. */
static bool append_multiple(chain *all, const curve *c, const multiple *of) {
    if (!c->endomorphism) {
        append(all, c, of->points, &of->scalar, false);
        return true;
    }
    halves of_scalar;
    finite_point image = *of->points;
    quire_curve_split(c, &of_scalar, &of->scalar);
    number_multiply(&image.x, &c->endomorphism->beta, &c->prime);
    append(all, c, of->points, &of_scalar.first, of_scalar.first_is_negative);
    append(all, c, &image, &of_scalar.second, of_scalar.second_is_negative);
    return !is_long(&of_scalar.first) && !is_long(&of_scalar.second);
}

/* The last base plus or minus the others; false if one of these sums is infinite. From the first base on, the bits of an index
 * say which are subtracted. Points that no digit selects stay zeros. */
static bool set_points(const chain *all, const curve *c, finite_point points[QUIRE_CURVE_CHAIN_POINTS]) {
    unsigned last = all->num_bases - 1;
    points[0] = all->bases[last];
    for (unsigned j = last; j-- > 0;) {
        unsigned step = 1u << j;
        for (unsigned i = 0; i < 1u << last; i += 2 * step) {
            point plus = {points[i].x, points[i].y, false}, minus = plus;
            quire_group_add(c, &plus, &all->bases[j]);
            quire_group_add(c, &minus, &all->negative[j]);
            if (plus.is_infinite || minus.is_infinite) {
                return false;
            }
            points[i] = (finite_point){plus.x, plus.y};
            points[i + step] = (finite_point){minus.x, minus.y};
        }
    }
    return true;
}

/* From the highest dwords on. False if a step has no result. */
static bool run(const chain *all, const curve *c, point *sum, const finite_point *points) {
    unsigned last = all->num_bases - 1;
    *sum = (point){c->chain->start.x, c->chain->start.y, false};
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

bool quire_curve_chain_sum(const curve *c, point *sum, const multiple *multiples, size_t count) {
    finite_point points[QUIRE_CURVE_CHAIN_POINTS] = {0};
    chain all;
    all.num_bases = 0;
    all.num_dwords = c->endomorphism ? NUMBER_DWORDS / 2 : NUMBER_DWORDS;
    for (size_t i = 0; i < count; i++) {
        if (!append_multiple(&all, c, &multiples[i])) {
            return false;
        }
    }
    if (!set_points(&all, c, points) || !run(&all, c, sum, points)) {
        return false;
    }
    quire_group_add(c, sum, &c->chain->minus_end);
    for (unsigned i = 0; i < all.num_bases; i++) {
        if (all.correction[i]) {
            quire_group_add(c, sum, all.correction[i]);
        }
    }
    return true;
}
