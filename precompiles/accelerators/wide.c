/* Schoolbook products, and division by Knuth, "The Art of Computer Programming", 4.3.1, algorithm D, whose digits of the
 * quotient come by a reciprocal: a division of 128 bits would be some hundred instructions. */
#include "wide.h"

typedef unsigned __int128 two_dwords;

void quire_wide_set_divisor(wide_divisor *d, const uint64_t *dwords, size_t length) {
    uint64_t highest = dwords[length - 1];
    two_dwords rest = (two_dwords)~highest << 64 | ~0ul;
    *d = (wide_divisor){dwords, length, (uint64_t)(rest / highest)};
}

/* x <- x + y factor: what is carried out. */
static uint64_t add_multiple(uint64_t *x, const uint64_t *y, uint64_t factor, size_t length) {
    uint64_t carry = 0;
#pragma clang loop unroll_count(4)
    for (size_t i = 0; i < length; i++) {
        two_dwords sum = (two_dwords)factor * y[i] + x[i] + carry;
        x[i] = (uint64_t)sum;
        carry = (uint64_t)(sum >> 64);
    }
    return carry;
}

/* x <- x - y factor: what is borrowed. */
static uint64_t subtract_multiple(uint64_t *x, const uint64_t *y, uint64_t factor, size_t length) {
    uint64_t borrow = 0;
#pragma clang loop unroll_count(4)
    for (size_t i = 0; i < length; i++) {
        two_dwords part = (two_dwords)factor * y[i] + borrow;
        borrow = (uint64_t)(part >> 64) + (x[i] < (uint64_t)part);
        x[i] -= (uint64_t)part;
    }
    return borrow;
}

void quire_wide_multiply(uint64_t *product, const uint64_t *x, const uint64_t *y, size_t length) {
    for (size_t i = 0; i < length; i++) {
        product[i] = 0;
    }
    for (size_t i = 0; i < length; i++) {
        product[i + length] = add_multiple(product + i, y, x[i], length);
    }
}

/* (high 2^64 + low) / d for high < d, the remainder in *rest: Moeller and Granlund, "Improved division by invariant integers",
 * algorithm 4. */
static uint64_t divide_two(uint64_t *rest, uint64_t high, uint64_t low, uint64_t d, uint64_t reciprocal) {
    two_dwords estimate = (two_dwords)reciprocal * high + ((two_dwords)high << 64 | low);
    uint64_t quotient = (uint64_t)(estimate >> 64) + 1;
    *rest = low - quotient * d;
    if (*rest > (uint64_t)estimate) {
        quotient--;
        *rest += d;
    }
    if (*rest >= d) {
        quotient++;
        *rest -= d;
    }
    return quotient;
}

/* A digit of the quotient by two dwords of the divisor, from the three highest of the number: right, or one too large. */
static uint64_t estimate_digit(const uint64_t *highest, const wide_divisor *d) {
    uint64_t first = d->dwords[d->length - 1], second = d->dwords[d->length - 2], rest, digit;
    if (highest[0] == first) { /* it is not above; the digit would be 2^64 or one more */
        digit = ~0ul;
        rest = highest[-1] + first;
        if (rest < first) {
            return digit;
        }
    } else {
        digit = divide_two(&rest, highest[0], highest[-1], first, d->reciprocal);
    }
    while ((two_dwords)digit * second > ((two_dwords)rest << 64 | highest[-2])) {
        digit--;
        rest += first;
        if (rest < first) {
            break;
        }
    }
    return digit;
}

void quire_wide_reduce(uint64_t *x, size_t length, const wide_divisor *d) {
    for (size_t i = length - d->length; i-- > 0;) {
        uint64_t *part = x + i, *highest = part + d->length;
        uint64_t borrow = subtract_multiple(part, d->dwords, estimate_digit(highest, d), d->length);
        if (*highest < borrow) { /* one too large */
            uint64_t carry = 0;
            for (size_t k = 0; k < d->length; k++) {
                two_dwords sum = (two_dwords)part[k] + d->dwords[k] + carry;
                part[k] = (uint64_t)sum;
                carry = (uint64_t)(sum >> 64);
            }
            *highest += carry;
        }
        *highest -= borrow;
    }
}
