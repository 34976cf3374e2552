/* The division of a format. DIGIT_OF is long division's step. */
static inline BITS OF_FORMAT(divide_ordinary)(BITS dividend, BITS divisor) {
    SIGNIFICAND remainder, significand, quotient;
    int exponent = OF_FORMAT(take_apart)(dividend, &remainder);
    exponent += BIAS - OF_FORMAT(take_apart)(divisor, &significand);
    if (remainder < significand) {
        remainder <<= 1;
        exponent--;
    }
    quotient = 1; /* the leading bit; as many as a fraction has, and one, follow */
    remainder -= significand;
#pragma clang loop unroll(full)
    for (int left = FRACTION_BITS + 1; left > 0;) {
        int room = SIGNIFICAND_BITS - 1 - FRACTION_BITS, step = left < room ? left : room;
        remainder <<= step;
        quotient = quotient << step | DIGIT_OF(&remainder, significand);
        left -= step;
    }
    return OF_FORMAT(put_together)(quotient, exponent, remainder != 0);
}

static inline BITS OF_FORMAT(divide_special)(BITS dividend, BITS divisor, BITS sign) {
    if (dividend == divisor) { /* both zero, or both infinite */
        return INFINITY_BITS | QUIET;
    }
    return sign | (dividend == INFINITY_BITS || divisor == 0 ? INFINITY_BITS : 0);
}
