/* Sums of multiples of points: digits of all scalars share one chain of doublings (Straus), each digit zero or odd and at most
 * one of any `width` in a row not zero (wNAF: Hankerson, Menezes and Vanstone, "Guide to elliptic curve cryptography",
 * algorithms 3.35 and 3.51). */
#include <string.h>
#include <uint256/guest.h>

#include "curve.h"

#define MAX_MULTIPLES 2
#define MAX_COLUMNS (2 * MAX_MULTIPLES) /* each in two halves */
#define MAX_DIGITS 257

#define MULTIPLE_WIDTH 5 /* that costs least where the points are computed for the occasion */
#define MULTIPLE_POINTS (1 << (MULTIPLE_WIDTH - 2))

/* What a multiple's digits of MULTIPLE_WIDTH bits select from, which is in the middle. */
typedef struct {
    finite_point points[2 * MULTIPLE_POINTS], images[2 * MULTIPLE_POINTS];
} odd_multiples;

/* Digits of the same place lie together: two of five places have none that is not zero. */
typedef union {
    int8_t of_column[MAX_COLUMNS];
    uint32_t all;
} place_digits;

typedef struct {
    const finite_point *columns[MAX_COLUMNS]; /* what digits select from */
    place_digits digits[MAX_DIGITS];
    unsigned num_columns, num_digits;
} plan;

_Static_assert(MAX_COLUMNS <= sizeof(uint32_t), "digits of a place are looked at together");

/* Bits from `place` on, at most 64 of them good. */
static inline uint64_t bits_from(const uint64_t *dwords, unsigned place) {
    unsigned i = place / 64, shift = place % 64;
    uint64_t next = i + 1 < NUMBER_DWORDS ? dwords[i + 1] : 0;
    return dwords[i] >> shift | next << 1 << (63 - shift);
}

/* As a bit is 0 or 1 by what is carried into it, a digit of `width` bits begins there or not: so it is odd. What is carried
 * out of the last dword that is not zero becomes a digit of its own. */
static void append_digits(plan *all, const number *k, unsigned width, bool negative) {
    unsigned column = all->num_columns, place = 0, size = 64 * NUMBER_DWORDS, num_digits = 0;
    int64_t carry = 0;
    while (size > 0 && !k->dwords[size / 64 - 1]) {
        size -= 64;
    }
    while (place < size) {
        if ((int64_t)(k->dwords[place / 64] >> place % 64 & 1) == carry) {
            place++;
            continue;
        }
        int64_t digit = (int64_t)(bits_from(k->dwords, place) & ((1u << width) - 1)) + carry;
        carry = digit >> (width - 1);
        digit -= carry << width;
        all->digits[place].of_column[column] = (int8_t)(negative ? -digit : digit);
        num_digits = place + 1;
        place += width;
    }
    if (carry) {
        all->digits[place].of_column[column] = negative ? -1 : 1;
        num_digits = place + 1;
    }
    if (num_digits > all->num_digits) {
        all->num_digits = num_digits;
    }
}

static void append_column(plan *all, const finite_point *points, unsigned width, const number *k, bool negative) {
    all->columns[all->num_columns] = points;
    append_digits(all, k, width, negative);
    all->num_columns++;
}

/* result <- (x y + 2^319) / 2^320, rounded down, which has to be below 2^128. */
static void scaled_product(number *result, const number *x, const number *y) {
    number low, high;
    number_copy(&low, x);
    quire_uint256_multiply(low.dwords, y->dwords, high.dwords);
    uint64_t rounded_up = high.dwords[0] >> 63, quotient = high.dwords[1] + rounded_up;
    *result = (number){{quotient, high.dwords[2] + (quotient < rounded_up)}};
}

/* A number modulo the order that stands for a small one, or for a small negative one: its size; whether it is negative. */
static bool take_sign(number *k, const number *order) {
    if (!k->dwords[NUMBER_DWORDS - 1]) {
        return false;
    }
    number_negate(k, order);
    return true;
}

/* Whatever the quotients are: they only make both short. */
void quire_curve_split(const curve *c, halves *of, const number *k) {
    number quotient;
    scaled_product(&of->second, k, &c->endomorphism->g[0]);
    scaled_product(&quotient, k, &c->endomorphism->g[1]);
    number_multiply(&of->second, &c->endomorphism->e[0], &c->order);
    number_multiply(&quotient, &c->endomorphism->e[1], &c->order);
    number_add(&of->second, &quotient, &c->order);
    number_copy(&quotient, &of->second);
    number_multiply(&quotient, &c->endomorphism->lambda, &c->order);
    number_copy(&of->first, k);
    number_subtract(&of->first, &quotient, &c->order);
    of->first_is_negative = take_sign(&of->first, &c->order);
    of->second_is_negative = take_sign(&of->second, &c->order);
}

static void append_halves(plan *all, const curve *c, const number *scalar, const digit_points *of) {
    halves of_scalar;
    quire_curve_split(c, &of_scalar, scalar);
    append_column(all, of->points, of->width, &of_scalar.first, of_scalar.first_is_negative);
    append_column(all, of->images, of->width, &of_scalar.second, of_scalar.second_is_negative);
}

/* Those of columns that there are not are zero. */
static inline void add_digits(const curve *c, point *sum, const plan *all, const place_digits *digits) {
#pragma clang loop unroll(full)
    for (int i = 0; i < MAX_COLUMNS; i++) {
        int digit = digits->of_column[i];
        if (digit) {
            quire_group_add(c, sum, all->columns[i] + (digit >> 1));
        }
    }
}

static void set_images(const curve *c, odd_multiples *all) {
    for (int i = 0; i < 2 * MULTIPLE_POINTS; i++) {
        all->images[i] = all->points[i];
        number_multiply(&all->images[i].x, &c->endomorphism->beta, &c->prime);
    }
}

/* None is infinite, and no two of them are equal or opposite: the order is a prime, and large. */
static digit_points set_odd_multiples(const curve *c, odd_multiples *all, const finite_point *p) {
    finite_point *middle = all->points + MULTIPLE_POINTS, twice = *p;
    quire_curve_double(c->call, twice.x.dwords);
    middle[0] = *p;
    for (int i = 1; i < MULTIPLE_POINTS; i++) {
        middle[i] = middle[i - 1];
        quire_curve_add(c->call, middle[i].x.dwords, twice.x.dwords);
    }
    for (int i = 0; i < MULTIPLE_POINTS; i++) {
        finite_point_negate(c, &middle[-1 - i], &middle[i]);
    }
    if (c->endomorphism) {
        set_images(c, all);
    }
    return (digit_points){middle, all->images + MULTIPLE_POINTS, MULTIPLE_WIDTH};
}

/* Apart, or its frame would be that of every sum. */
__attribute__((noinline)) static void sum_by_digits(const curve *c, point *sum, const multiple *multiples, size_t count) {
    odd_multiples computed[MAX_MULTIPLES];
    plan all;
    memset(&all, 0, sizeof all);
    for (size_t i = 0; i < count; i++) {
        const multiple *of = &multiples[i];
        digit_points odd = of->known ? of->known->odd : set_odd_multiples(c, &computed[i], of->point);
        if (c->endomorphism) {
            append_halves(&all, c, &of->scalar, &odd);
        } else {
            append_column(&all, odd.points, odd.width, &of->scalar, false);
        }
    }
    sum->is_infinite = true;
    for (const place_digits *place = all.digits + all.num_digits; place > all.digits;) {
        place--;
        quire_group_double(c, sum);
        if (place->all) {
            add_digits(c, sum, &all, place);
        }
    }
}

void quire_curve_sum(const curve *c, point *sum, const multiple *multiples, size_t count) {
    if (!quire_curve_chain_sum(c, sum, multiples, count)) {
        sum_by_digits(c, sum, multiples, count);
    }
}
