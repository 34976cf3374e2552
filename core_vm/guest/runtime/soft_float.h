/* Binary floating point taken apart and put together, for the format that FORMAT says: 32, 64 or 128 bits. To be
 * included once for each format that a file works with.
 *
 * Significands have their leading bit at FRACTION_BITS, exponents are biased; below the normal numbers an exponent is
 * zero or negative, as if the format had no lowest one. */
#undef REAL
#undef BITS
#undef SIGNIFICAND
#undef FRACTION_BITS
#undef EXPONENT_BITS
#undef LEADING_ZEROS

typedef unsigned __int128 wide;

#if FORMAT == 32
#define REAL float
#define BITS uint32_t
#define SIGNIFICAND uint64_t
#define FRACTION_BITS 23 /* without the leading bit */
#define EXPONENT_BITS 8
#elif FORMAT == 64
#define REAL double
#define BITS uint64_t
#define SIGNIFICAND uint64_t
#define FRACTION_BITS 52
#define EXPONENT_BITS 11
#else
#define REAL long double
#define BITS wide
#define SIGNIFICAND wide
#define FRACTION_BITS 112
#define EXPONENT_BITS 15
#endif

#if FORMAT == 128
#define LEADING_ZEROS(x) ((x) >> 64 ? __builtin_clzll((uint64_t)((x) >> 64)) : 64 + __builtin_clzll((uint64_t)(x)))
#else
#define LEADING_ZEROS(x) __builtin_clzll(x)
#endif

#ifndef JOIN
#define JOIN_(a, b) a##_##b
#define JOIN(a, b) JOIN_(a, b)
#define OF_FORMAT(name) JOIN(name, FORMAT)
#define SIGNIFICAND_BITS ((int)(8 * sizeof(SIGNIFICAND)))
#define LEADING ((SIGNIFICAND)1 << FRACTION_BITS)
#define SIGN ((BITS)1 << (FRACTION_BITS + EXPONENT_BITS))
#define LARGEST_EXPONENT ((1 << EXPONENT_BITS) - 1)
#define BIAS ((1 << (EXPONENT_BITS - 1)) - 1)
#define INFINITY_BITS ((BITS)LARGEST_EXPONENT << FRACTION_BITS)
#define QUIET ((BITS)1 << (FRACTION_BITS - 1))
#define IS_ORDINARY(magnitude) ((BITS)((magnitude)-1) < INFINITY_BITS - 1) /* neither zero, infinity nor NaN */
#define IS_NAN(magnitude) ((magnitude) > INFINITY_BITS)
#endif

/* The exponent of a positive, ordinary number, and its significand. */
static inline int OF_FORMAT(take_apart)(BITS bits, SIGNIFICAND *significand) {
    int exponent = (int)(bits >> FRACTION_BITS);
    *significand = bits & (LEADING - 1);
    if (exponent) {
        *significand |= LEADING;
        return exponent;
    }
    int shift = LEADING_ZEROS(*significand) - (SIGNIFICAND_BITS - 1 - FRACTION_BITS);
    *significand <<= shift;
    return 1 - shift;
}

/* Rounds to the nearest, ties to even. `longer` has one bit more than a significand, `rest` says whether the exact
 * number has more than that. A significand rounded up to the next power of two carries into the exponent by itself. */
static inline BITS OF_FORMAT(put_together)(SIGNIFICAND longer, int exponent, int rest) {
    if (exponent >= LARGEST_EXPONENT) {
        return INFINITY_BITS;
    }
    if (exponent <= 0) {
        int shift = 1 - exponent;
        if (shift > FRACTION_BITS + 2) {
            return 0; /* less than half of the smallest number */
        }
        rest |= (longer & (((SIGNIFICAND)1 << shift) - 1)) != 0;
        longer >>= shift;
        exponent = 1;
    }
    BITS bits = (BITS)(longer >> 1) + ((BITS)(exponent - 1) << FRACTION_BITS);
    return bits + ((longer & 1) && (rest || (bits & 1)));
}

/* Calls `ordinary` or `special` with the bits of two numbers, for the bits of a third. The builtin, for in freestanding
 * code memcpy is a call. */
static inline REAL OF_FORMAT(on_bits)(REAL left, REAL right, BITS (*ordinary)(BITS, BITS),
                                      BITS (*special)(BITS, BITS, BITS)) {
    BITS a, b, result;
    __builtin_memcpy(&a, &left, sizeof left);
    __builtin_memcpy(&b, &right, sizeof right);
    BITS sign = (a ^ b) & SIGN;
    if (IS_ORDINARY(a & ~SIGN) && IS_ORDINARY(b & ~SIGN)) {
        result = sign | ordinary(a & ~SIGN, b & ~SIGN);
    } else if (IS_NAN(a & ~SIGN)) {
        result = a | QUIET;
    } else if (IS_NAN(b & ~SIGN)) {
        result = b | QUIET;
    } else {
        result = special(a & ~SIGN, b & ~SIGN, sign);
    }
    REAL value;
    __builtin_memcpy(&value, &result, sizeof value);
    return value;
}
