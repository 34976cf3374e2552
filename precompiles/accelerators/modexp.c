/* zkvm_modexp (EIP-198): by modular calls for moduli of up to 384 bits, by wide.h for longer ones. Products are most of what the
 * longer ones cost: hence sliding windows. Of calls it is the instructions between them: hence windows of half a byte. */
#include <stdlib.h>
#include <string.h>
#include <zkvm_accelerators.h>

#include "arguments.h"
#include "wide.h"

#define MAX_WIDTH 6
#define MAX_POWERS (1 << (MAX_WIDTH - 1))
#define MAX_CALL_DWORDS 6
#define SHORT_BYTES 4 /* exponents of so many bytes take fewer products bit by bit */

/* Numbers modulo another, all of so many dwords, the lowest first. A wide modulus is shifted up until its highest bit is set:
 * what is right modulo a multiple of it is right modulo itself. */
typedef struct {
    uint64_t calls; /* the first call of this size, or 0 for a wide modulus */
    size_t dwords;
    uint64_t *modulus, *product; /* `product` has room for a product */
    int shift;
    wide_divisor divisor;
} ring;

/* x <- x y by one call. */
static inline void multiply_by_call(const ring *r, uint64_t *x, const uint64_t *y) {
    quire_modular_call(r->calls + QUIRE_MODULAR_MULTIPLY, x, y, r->modulus);
}

/* x <- x y in plain instructions. */
static void multiply_wide(const ring *r, uint64_t *x, const uint64_t *y) {
    quire_wide_multiply(r->product, x, y, r->dwords);
    quire_wide_reduce(r->product, 2 * r->dwords, &r->divisor);
    memcpy(x, r->product, 8 * r->dwords);
}

/* The bytes' most significant one is first; there may be fewer than dwords have. */
static void read_dwords(uint64_t *x, size_t dwords, const uint8_t *bytes, size_t size) {
    for (size_t i = 0; i < dwords; i++) {
        uint64_t dword = 0;
        if (size >= 8) {
            memcpy(&dword, bytes + size - 8, 8);
            x[i] = __builtin_bswap64(dword);
            size -= 8;
            continue;
        }
        for (size_t k = 0; k < size; k++) {
            dword = dword << 8 | bytes[k];
        }
        x[i] = dword;
        size = 0;
    }
}

/* x <- x + y of a ring with modular calls; y is any number. */
static void add(const ring *r, uint64_t *x, const uint64_t *y) {
    quire_modular_call(r->calls + QUIRE_MODULAR_ADD, x, y, r->modulus);
}

/* x <- a number of bytes, in parts as long as the modulus. */
static void read_by_calls(const ring *r, uint64_t *x, const uint8_t *bytes, size_t size) {
    static const uint64_t zero[MAX_CALL_DWORDS];
    uint64_t part[MAX_CALL_DWORDS], base[MAX_CALL_DWORDS] = {0};
    size_t part_size = 8 * r->dwords, taken = size % part_size;
    quire_modular_call(r->calls + QUIRE_MODULAR_SUBTRACT, base, r->modulus, zero); /* modulo 2^256, or 2^384 */
    add(r, base, zero);
    read_dwords(x, r->dwords, bytes, taken);
    add(r, x, zero);
    for (; taken < size; taken += part_size) {
        read_dwords(part, r->dwords, bytes + taken, part_size);
        multiply_by_call(r, x, base);
        add(r, x, part);
    }
}

/* The same, by division: `room` has the number's dwords and the modulus', which are zeros above it. */
static void read_by_division(const ring *r, uint64_t *x, uint64_t *room, const uint8_t *bytes, size_t size) {
    size_t dwords = (size + 7) / 8;
    read_dwords(room, dwords + r->dwords, bytes, size);
    quire_wide_reduce(room, dwords + r->dwords, &r->divisor);
    memcpy(x, room, 8 * r->dwords);
}

static void shift_up(uint64_t *x, size_t dwords, int shift) {
    for (size_t i = dwords; shift && i-- > 0;) {
        x[i] = x[i] << shift | (i ? x[i - 1] >> (64 - shift) : 0);
    }
}

/* x modulo the modulus itself, which leaves the shifted remainder of the shifted number. */
static void reduce_shifted(const ring *r, uint64_t *x) {
    memcpy(r->product, x, 8 * r->dwords);
    r->product[r->dwords] = 0;
    shift_up(r->product, r->dwords + 1, r->shift);
    quire_wide_reduce(r->product, r->dwords + 1, &r->divisor);
    for (size_t i = 0; i < r->dwords; i++) {
        uint64_t above = i + 1 < r->dwords ? r->product[i + 1] : 0;
        x[i] = r->shift ? r->product[i] >> r->shift | above << (64 - r->shift) : r->product[i];
    }
}

typedef struct {
    const uint8_t *bytes; /* the most significant one first, and not 0 */
    size_t size;
} exponent;

static inline int bit_at(const exponent *e, size_t i) { return e->bytes[e->size - 1 - i / 8] >> i % 8 & 1; }

static size_t num_bits(const exponent *e) { return e->size ? 8 * e->size - (size_t)(__builtin_clz(e->bytes[0]) - 24) : 0; }

/* x <- the power of base, which is reduced. The exponent is not 0. */
static void raise_bit_by_bit(const ring *r, uint64_t *x, const uint64_t *base, const exponent *e) {
    memcpy(x, base, 8 * r->dwords);
    for (size_t left = num_bits(e) - 1; left-- > 0;) {
        multiply_by_call(r, x, x);
        if (bit_at(e, left)) {
            multiply_by_call(r, x, base);
        }
    }
}

/* The same by windows of four bits, the highest of which may be 0. */
static void raise_by_calls(const ring *r, uint64_t *x, const uint64_t *base, const exponent *e) {
    uint64_t powers[16][MAX_CALL_DWORDS];
    memcpy(powers[1], base, 8 * r->dwords);
    for (int i = 2; i < 16; i++) {
        __builtin_memcpy_inline(powers[i], powers[i - 1], sizeof powers[i]);
        multiply_by_call(r, powers[i], base);
    }
    unsigned first = e->bytes[0] >> 4, second = e->bytes[0] & 15;
    memcpy(x, powers[first ? first : second], 8 * r->dwords);
    for (size_t i = first ? 1 : 2; i < 2 * e->size; i++) {
        unsigned digit = e->bytes[i / 2] >> (i % 2 ? 0 : 4) & 15;
        multiply_by_call(r, x, x);
        multiply_by_call(r, x, x);
        multiply_by_call(r, x, x);
        multiply_by_call(r, x, x);
        if (digit) {
            multiply_by_call(r, x, powers[digit]);
        }
    }
}

/* With which a power costs the fewest products. */
static int window_width(size_t bits) {
    return bits <= 17 ? 1 : bits <= 24 ? 2 : bits <= 80 ? 3 : bits <= 240 ? 4 : bits <= 672 ? 5 : MAX_WIDTH;
}

/* x <- the power of powers[0], by sliding windows: Menezes, van Oorschot and Vanstone, "Handbook of applied cryptography",
 * algorithm 14.85. */
static void raise_wide(const ring *r, uint64_t *x, uint64_t *powers, const exponent *e) {
    size_t left = num_bits(e), dwords = r->dwords;
    size_t width = (size_t)window_width(left);
    memcpy(x, powers, 8 * dwords);
    if (width > 1) {
        multiply_wide(r, x, x); /* powers[i] is the one of 2 i + 1 */
        for (uint64_t *next = powers + dwords; next < powers + (dwords << (width - 1)); next += dwords) {
            memcpy(next, next - dwords, 8 * dwords);
            multiply_wide(r, next, x);
        }
    }
    for (bool is_first = true; left; is_first = false) {
        size_t taken = left < width ? left : width, digit = 0;
        while (!bit_at(e, left - taken)) {
            taken--;
        }
        for (size_t end = left - taken; left > end; left--) {
            digit = digit << 1 | (size_t)bit_at(e, left - 1);
            if (!is_first) {
                multiply_wide(r, x, x);
            }
        }
        if (is_first) {
            memcpy(x, powers + digit / 2 * dwords, 8 * dwords);
        } else {
            multiply_wide(r, x, powers + digit / 2 * dwords);
        }
        for (; left && !bit_at(e, left - 1); left--) {
            multiply_wide(r, x, x);
        }
    }
}

static void set_ring(ring *r, uint64_t *room, const uint8_t *modulus, size_t size) {
    r->modulus = room;
    r->product = room + r->dwords;
    read_dwords(r->modulus, r->dwords, modulus, size);
    r->calls = r->dwords == 4 ? QUIRE_ECALL_MODULAR_256 : r->dwords == MAX_CALL_DWORDS ? QUIRE_ECALL_MODULAR_384 : 0;
    if (!r->calls) {
        r->shift = __builtin_clzll(r->modulus[r->dwords - 1]);
        shift_up(r->modulus, r->dwords, r->shift);
        quire_wide_set_divisor(&r->divisor, r->modulus, r->dwords);
    }
}

static size_t without_zeros(const uint8_t **bytes, size_t size) {
    while (size && !**bytes) {
        ++*bytes;
        size--;
    }
    return size;
}

static void write_bytes(uint8_t *bytes, size_t size, const uint64_t *x, size_t dwords) {
    memset(bytes, 0, size);
    for (size_t i = 0; i < size && i < 8 * dwords; i++) {
        bytes[size - 1 - i] = (uint8_t)(x[i / 8] >> 8 * (i % 8));
    }
}

zkvm_status zkvm_modexp(const uint8_t *base, size_t base_len, const uint8_t *exp, size_t exp_len, const uint8_t *modulus,
                        size_t mod_len, uint8_t *output) {
    static const uint8_t one[] = {1};
    REFUSE_NULL("zkvm_modexp", base);
    REFUSE_NULL("zkvm_modexp", exp);
    REFUSE_NULL("zkvm_modexp", modulus);
    REFUSE_NULL("zkvm_modexp", output);
    REFUSE_BEYOND_MEMORY("zkvm_modexp", base, base_len);
    REFUSE_BEYOND_MEMORY("zkvm_modexp", exp, exp_len);
    REFUSE_BEYOND_MEMORY("zkvm_modexp", modulus, mod_len);
    size_t size = without_zeros(&modulus, mod_len);
    exponent e = {.size = without_zeros(&exp, exp_len)};
    e.bytes = exp;
    base_len = without_zeros(&base, base_len);
    if (!size) {
        memset(output, 0, mod_len);
        return ZKVM_EOK;
    }
    ring r = {.dwords = size <= 32 ? 4 : size <= 48 ? 6 : (size + 7) / 8};
    size_t base_dwords = (base_len + 7) / 8 + r.dwords;
    uint64_t *room = malloc(8 * ((4 + MAX_POWERS) * r.dwords + 1 + base_dwords));
    if (!room) {
        return ZKVM_EFAIL;
    }
    uint64_t *x = room + 3 * r.dwords + 1, *powers = x + r.dwords;
    set_ring(&r, room, modulus, size);
    if (!e.size) { /* also of 0 */
        base = one;
        base_len = 1;
        e = (exponent){one, 1};
    }
    if (r.calls) {
        read_by_calls(&r, powers, base, base_len);
        (e.size > SHORT_BYTES ? raise_by_calls : raise_bit_by_bit)(&r, x, powers, &e);
    } else {
        read_by_division(&r, powers, powers + MAX_POWERS * r.dwords, base, base_len);
        raise_wide(&r, x, powers, &e);
        reduce_shifted(&r, x);
    }
    write_bytes(output, mod_len, x, r.dwords);
    free(room);
    return ZKVM_EOK;
}
