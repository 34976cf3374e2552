/* Numbers modulo the prime of a curve: every operation is one call of the modular precompile.
 *
 * A template: the header of a curve's field gives FP_CALLS (the first call of a size), FP_DWORDS, FP_MODULUS and
 * FP_MINUS_ONE, and includes this behind number.h. Like the calls, operations put their result into their first operand,
 * which is cheapest: a copy of a number costs what half a call does. Operands may be the same number. All numbers are
 * reduced, since calls' results are, and since what comes from outside is read by fp_read; but for advice, of which
 * fp_add, fp_subtract and fp_multiply take any. */

typedef struct {
    uint64_t dwords[FP_DWORDS]; /* the lowest first */
} fp;

#define FP_BYTES (8 * FP_DWORDS)

static const fp fp_modulus = {{FP_MODULUS}};
static const fp fp_zero = {{0}};
static const fp fp_minus_one = {{FP_MINUS_ONE}};

/* Each place where it were expanded would be instructions of its own. */
static __attribute__((noinline)) void fp_copy(fp *x, const fp *y) { __builtin_memcpy_inline(x, y, sizeof *x); }

static inline void fp_add(fp *x, const fp *y) {
    quire_modular_call(FP_CALLS + QUIRE_MODULAR_ADD, x->dwords, y->dwords, fp_modulus.dwords);
}

static inline void fp_subtract(fp *x, const fp *y) {
    quire_modular_call(FP_CALLS + QUIRE_MODULAR_SUBTRACT, x->dwords, y->dwords, fp_modulus.dwords);
}

static inline void fp_multiply(fp *x, const fp *y) {
    quire_modular_call(FP_CALLS + QUIRE_MODULAR_MULTIPLY, x->dwords, y->dwords, fp_modulus.dwords);
}

/* 0 of 0. */
static inline void fp_invert(fp *x) {
    quire_modular_call(FP_CALLS + QUIRE_MODULAR_INVERT, x->dwords, x->dwords, fp_modulus.dwords);
}

static inline void fp_double(fp *x) { fp_add(x, x); }

static inline void fp_square(fp *x) { fp_multiply(x, x); }

/* Of so many numbers, one behind the other; most differ in their first dwords. */
static __attribute__((noinline)) bool fp_are_equal(const fp *x, const fp *y, int count) {
    const uint64_t *end = x->dwords + count * FP_DWORDS, *a = x->dwords, *b = y->dwords;
    while (a != end && *a == *b) {
        a++;
        b++;
    }
    return a == end;
}

static __attribute__((noinline)) bool fp_are_zero(const fp *x, int count) {
    const uint64_t *end = x->dwords + count * FP_DWORDS, *a = x->dwords;
    while (a != end && !*a) {
        a++;
    }
    return a == end;
}

static inline bool fp_is_zero(const fp *x) { return fp_are_zero(x, 1); }

static inline bool fp_equal(const fp *x, const fp *y) { return fp_are_equal(x, y, 1); }

/* A difference from 0 would be copied. */
static inline void fp_negate(fp *x) { fp_multiply(x, &fp_minus_one); }

/* x <- x / y, and 0 for y = 0: false then. */
static bool fp_divide(fp *x, const fp *y) {
    fp inverse;
    fp_copy(&inverse, y);
    fp_invert(&inverse);
    fp_multiply(x, &inverse);
    return !fp_is_zero(&inverse);
}

/* x <- the even number whose square is x or -x: which of the two it is, is returned. The prime leaves 3 modulo 4, so
 * there is exactly one such number. */
static inline bool fp_root(fp *x) {
    fp square, value;
    fp_copy(&value, x);
    quire_modular_call(FP_CALLS + QUIRE_MODULAR_ROOT, x->dwords, value.dwords, fp_modulus.dwords);
    fp_copy(&square, x);
    fp_square(&square);
    return fp_equal(&square, &value);
}

static inline bool fp_is_less(const fp *x, const fp *y) {
    int i = FP_DWORDS - 1;
    while (i > 0 && x->dwords[i] == y->dwords[i]) {
        i--;
    }
    return x->dwords[i] < y->dwords[i];
}

/* From bytes with the most significant first. False if they are not a reduced number. */
static inline bool fp_read(fp *x, const uint8_t *bytes) {
    for (int i = 0; i < FP_DWORDS; i++) {
        uint64_t dword;
        __builtin_memcpy_inline(&dword, bytes + 8 * i, sizeof dword);
        x->dwords[FP_DWORDS - 1 - i] = number_swapped(dword);
    }
    return fp_is_less(x, &fp_modulus);
}

static inline void fp_write(uint8_t *bytes, const fp *x) {
    for (int i = 0; i < FP_DWORDS; i++) {
        uint64_t dword = number_swapped(x->dwords[FP_DWORDS - 1 - i]);
        __builtin_memcpy_inline(bytes + 8 * i, &dword, sizeof dword);
    }
}
