/* memcpy, memmove, memset, memcmp, memchr: a dword an instruction wherever possible.
 *
 * Copies load their first and last dwords (which overlap the middle) before they store anything and store them after
 * everything else, so that neither head nor tail needs a loop over bytes, and a forward copy is right for every overlap
 * with the destination below the source. */
#include "runtime.h"

#include <string.h>

static inline uint64_t load_dword(const char *address) { return *(const unaligned_dword *)address; }
static inline uint32_t load_word(const char *address) { return *(const unaligned_word *)address; }
static inline void store_dword(char *address, uint64_t value) { *(unaligned_dword *)address = value; }
static inline void store_word(char *address, uint32_t value) { *(unaligned_word *)address = value; }

/* At most 32 bytes: every load comes before every store, so any overlap is fine. */
static inline void copy_few(char *to, const char *from, size_t size) {
    if (size > 16) {
        uint64_t a = load_dword(from), b = load_dword(from + 8);
        uint64_t c = load_dword(from + size - 16), d = load_dword(from + size - 8);
        store_dword(to, a);
        store_dword(to + 8, b);
        store_dword(to + size - 16, c);
        store_dword(to + size - 8, d);
    } else if (size >= 8) {
        uint64_t a = load_dword(from), b = load_dword(from + size - 8);
        store_dword(to, a);
        store_dword(to + size - 8, b);
    } else if (size >= 4) {
        uint32_t a = load_word(from), b = load_word(from + size - 4);
        store_word(to, a);
        store_word(to + size - 4, b);
    } else if (size > 0) {
        char a = from[0], b = from[size / 2], c = from[size - 1];
        to[0] = a;
        to[size / 2] = b;
        to[size - 1] = c;
    }
}

/* More than 32 bytes, `to` outside (from, from + size). */
static inline void copy_forward(char *to, const char *from, size_t size) {
    uint64_t first = load_dword(from), last = load_dword(from + size - 8);
    char *end = to + size - 8;
    size_t head = 8 - ((uintptr_t)to & 7);
    char *at = to + head;
    for (from += head; (size_t)(end - at) >= 32; at += 32, from += 32) {
        uint64_t a = load_dword(from), b = load_dword(from + 8), c = load_dword(from + 16), d = load_dword(from + 24);
        ((aligned_dword *)at)[0] = a;
        ((aligned_dword *)at)[1] = b;
        ((aligned_dword *)at)[2] = c;
        ((aligned_dword *)at)[3] = d;
    }
    for (; at < end; at += 8, from += 8) {
        *(aligned_dword *)at = load_dword(from);
    }
    store_dword(to, first);
    store_dword(end, last);
}

/* More than 32 bytes, `to` above `from`. */
static inline void copy_backward(char *to, const char *from, size_t size) {
    uint64_t first = load_dword(from), last = load_dword(from + size - 8);
    char *at = (char *)(((uintptr_t)to + size - 1) & ~(uintptr_t)7);
    for (from += at - to; (size_t)(at - to) >= 40; at -= 32, from -= 32) {
        uint64_t a = load_dword(from - 8), b = load_dword(from - 16);
        uint64_t c = load_dword(from - 24), d = load_dword(from - 32);
        ((aligned_dword *)at)[-1] = a;
        ((aligned_dword *)at)[-2] = b;
        ((aligned_dword *)at)[-3] = c;
        ((aligned_dword *)at)[-4] = d;
    }
    for (; at - to > 8; at -= 8, from -= 8) {
        ((aligned_dword *)at)[-1] = load_dword(from - 8);
    }
    store_dword(to + size - 8, last);
    store_dword(to, first);
}

void *memcpy(void *restrict destination, const void *restrict source, size_t size) {
    if (size <= 32) {
        copy_few(destination, source, size);
    } else {
        copy_forward(destination, source, size);
    }
    return destination;
}

void *memmove(void *destination, const void *source, size_t size) {
    if (size <= 32) {
        copy_few(destination, source, size);
    } else if ((uintptr_t)destination - (uintptr_t)source >= size) {
        copy_forward(destination, source, size);
    } else {
        copy_backward(destination, source, size);
    }
    return destination;
}

void *mempcpy(void *restrict destination, const void *restrict source, size_t size) {
    return (char *)memcpy(destination, source, size) + size;
}

void *memset(void *destination, int value, size_t size) {
    char *to = destination;
    if (size < 8) {
        for (char *end = to + size; to < end; to++) {
            *to = (char)value;
        }
        return destination;
    }
    uint64_t pattern = 0x0101010101010101u * (uint8_t)value;
    char *end = to + size - 8;
    store_dword(to, pattern);
    store_dword(end, pattern);
    char *at = (char *)(((uintptr_t)to + 8) & ~(uintptr_t)7);
    for (; end - at >= 32; at += 32) {
        ((aligned_dword *)at)[0] = pattern;
        ((aligned_dword *)at)[1] = pattern;
        ((aligned_dword *)at)[2] = pattern;
        ((aligned_dword *)at)[3] = pattern;
    }
    for (; at < end; at += 8) {
        *(aligned_dword *)at = pattern;
    }
    return destination;
}

int memcmp(const void *left, const void *right, size_t size) {
    const char *a = left, *b = right;
    for (; size >= 8 && load_dword(a) == load_dword(b); size -= 8) {
        a += 8;
        b += 8;
    }
    for (; size > 0; size--, a++, b++) {
        if (*a != *b) {
            return (uint8_t)*a - (uint8_t)*b;
        }
    }
    return 0;
}

int bcmp(const void *left, const void *right, size_t size) { return memcmp(left, right, size); }

void *memchr(const void *area, int value, size_t size) {
    const uint8_t *at = area;
    for (; size > 0; size--, at++) {
        if (*at == (uint8_t)value) {
            return (void *)at;
        }
    }
    return NULL;
}
