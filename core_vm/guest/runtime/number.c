/* Numbers of stdlib.h: text to integers, absolute values, quotients, the random generator. */
#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

static int digit_value(unsigned char character) {
    if (isdigit(character)) {
        return character - '0';
    }
    return isalpha(character) ? tolower(character) - 'a' + 10 : INT_MAX;
}

struct parsed {
    uint64_t magnitude;
    int negative;
    int overflowed;
};

/* The one parser behind every strto*: white space, sign, prefix, digits. `*end` is `text` where there is no number. */
static struct parsed parse(const char *text, char **end, int base) {
    struct parsed number = {0, 0, 0};
    const char *at = text, *after_digits = text;
    if (base < 0 || base == 1 || base > 36) {
        errno = EINVAL;
        if (end) {
            *end = (char *)text;
        }
        return number;
    }
    while (isspace((unsigned char)*at)) {
        at++;
    }
    if (*at == '-' || *at == '+') {
        number.negative = *at++ == '-';
    }
    if ((base == 0 || base == 16) && at[0] == '0' && (at[1] | 32) == 'x' && isxdigit((unsigned char)at[2])) {
        at += 2;
        base = 16;
    } else if (base == 0) {
        base = *at == '0' ? 8 : 10;
    }
    for (int digit; (digit = digit_value((unsigned char)*at)) < base; after_digits = ++at) {
        uint64_t shifted;
        number.overflowed |= __builtin_mul_overflow(number.magnitude, (uint64_t)base, &shifted);
        number.overflowed |= __builtin_add_overflow(shifted, (uint64_t)digit, &number.magnitude);
    }
    if (end) {
        *end = (char *)after_digits;
    }
    return number;
}

unsigned long strtoul(const char *restrict text, char **restrict end, int base) {
    struct parsed number = parse(text, end, base);
    if (number.overflowed) {
        errno = ERANGE;
        return ULONG_MAX;
    }
    return number.negative ? -number.magnitude : number.magnitude;
}

long strtol(const char *restrict text, char **restrict end, int base) {
    struct parsed number = parse(text, end, base);
    uint64_t limit = (uint64_t)LONG_MAX + (unsigned)number.negative;
    if (number.overflowed || number.magnitude > limit) {
        errno = ERANGE;
        return number.negative ? LONG_MIN : LONG_MAX;
    }
    return number.negative ? (long)-number.magnitude : (long)number.magnitude;
}

long long strtoll(const char *restrict text, char **restrict end, int base) { return strtol(text, end, base); }
unsigned long long strtoull(const char *restrict text, char **restrict end, int base) {
    return strtoul(text, end, base);
}
int atoi(const char *text) { return (int)strtol(text, NULL, 10); }
long atol(const char *text) { return strtol(text, NULL, 10); }
long long atoll(const char *text) { return strtol(text, NULL, 10); }

int abs(int value) { return value < 0 ? -value : value; }
long labs(long value) { return value < 0 ? -value : value; }
long long llabs(long long value) { return value < 0 ? -value : value; }

div_t div(int numerator, int denominator) {
    return (div_t){numerator / denominator, numerator % denominator};
}
ldiv_t ldiv(long numerator, long denominator) {
    return (ldiv_t){numerator / denominator, numerator % denominator};
}
lldiv_t lldiv(long long numerator, long long denominator) {
    return (lldiv_t){numerator / denominator, numerator % denominator};
}

static uint64_t random_state = 1;

void srand(unsigned seed) { random_state = seed; }

int rand(void) { /* Knuth's linear congruential generator (MMIX), of which the upper bits are the good ones */
    random_state = random_state * 6364136223846793005u + 1442695040888963407u;
    return (int)(random_state >> 33);
}

int *quire_errno(void) {
    static int last_error;
    return &last_error;
}

char *getenv(const char *name) {
    (void)name;
    return NULL;
}
