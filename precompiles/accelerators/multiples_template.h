/* Multiples of points of BLS12-381, over curve_template.h: included for either group.
 *
 * Let X = |x| of the curve, 64 bits. r = X^4 - X^2 + 1, so that a scalar is four digits to the base X, and the group's
 * endomorphism is a power of X or of -X: k P = k_0 P + k_1 (X P) + k_2 (X^2 P) + k_3 (X^3 P), where all but one of the
 * four points come by the endomorphism. GROUP(powers) computes them, and says whether the point is of the group. */

#define NUM_DIGITS 4

/* powers[i] <- X^i p. False if p is not of the group. */
static bool GROUP(powers)(GROUP(point) powers[NUM_DIGITS], const GROUP(point) *p);

/* p <- X p, for any point of the curve. */
static void GROUP(multiply_by_x)(GROUP(point) *p) {
    GROUP(point) base;
    GROUP(copy)(&base, p);
    for (size_t i = 0; i < sizeof x_runs; i++) {
        if (i) {
            GROUP(add)(p, &base);
        }
        for (int left = p->is_infinite ? 0 : x_runs[i]; left; left--) { /* 2 P is infinite only if P is */
            GROUP(call_double)(p);
        }
    }
}

/* Bits of digits, four by four: those of value 2^b of all digits at b % 16 of dword b / 16. */
#define BITS_IN_DWORD (64 / NUM_DIGITS)

typedef uint64_t GROUP(choices)[64 / BITS_IN_DWORD];

/* The lower 16 bits, each to where a group of four begins. */
static inline uint64_t GROUP(spread)(uint64_t x) {
    x = (x | x << 24) & 0x000000ff000000ff;
    x = (x | x << 12) & 0x000f000f000f000f;
    x = (x | x << 6) & 0x0303030303030303;
    return (x | x << 3) & 0x1111111111111111;
}

/* k mod r to the base X: each digit is a remainder, and taken off before the division, exact and thus one modulo r. */
static void GROUP(scalar_digits)(GROUP(choices) choices, const number *k) {
    number rest, digit;
    number_copy(&rest, k);
    number_reduce(&rest, &group_order);
    for (int i = 0; i < NUM_DIGITS; i++) {
        number_copy(&digit, &rest);
        number_reduce(&digit, &x_size);
        for (int j = 0; j < 64 / BITS_IN_DWORD; j++) {
            uint64_t bits = GROUP(spread)(digit.dwords[0] >> BITS_IN_DWORD * j & 0xffff);
            choices[j] = i ? choices[j] | bits << i : bits;
        }
        number_subtract(&rest, &digit, &group_order);
        number_multiply(&rest, &one_over_x_size, &group_order);
    }
}

/* sums[m] <- the sum of the points whose bits are set in m, but for m = 0. */
static void GROUP(subset_sums)(GROUP(point) sums[1 << NUM_DIGITS], const GROUP(point) points[NUM_DIGITS]) {
    for (int m = 1; m < 1 << NUM_DIGITS; m++) {
        GROUP(copy)(&sums[m], &points[__builtin_ctz(m)]);
        if (m & (m - 1)) {
            GROUP(add)(&sums[m], &sums[m & (m - 1)]);
        }
    }
}

/* A point times a scalar, as the digits' bits choose from the sums of its multiples by powers of X. */
typedef struct {
    GROUP(point) sums[1 << NUM_DIGITS];
    GROUP(choices) choices;
} GROUP(term);

static void GROUP(make_term)(GROUP(term) *term, const GROUP(point) powers[NUM_DIGITS], const number *scalar) {
    GROUP(subset_sums)(term->sums, powers);
    GROUP(scalar_digits)(term->choices, scalar);
}

/* sum <- sum + all terms, which share their doublings. */
static void GROUP(add_terms)(GROUP(point) *sum, const GROUP(term) *terms, size_t num_terms) {
    GROUP(point) total;
    total.is_infinite = true;
    for (int bit = 63; bit >= 0; bit--) {
        GROUP(double)(&total);
        for (size_t k = 0; k < num_terms; k++) {
            uint64_t bits = terms[k].choices[bit / BITS_IN_DWORD] >> NUM_DIGITS * (bit % BITS_IN_DWORD);
            unsigned m = bits & ((1 << NUM_DIGITS) - 1);
            if (m) {
                GROUP(add)(&total, &terms[k].sums[m]);
            }
        }
    }
    GROUP(add)(sum, &total);
}
