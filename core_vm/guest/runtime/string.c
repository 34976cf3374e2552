/* Strings: the functions of string.h and strings.h that work on bytes up to a zero. */
#include "runtime.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Non-zero exactly when some byte of the dword is zero (the classic borrow trick; exact for "is there one"). */
static inline uint64_t has_zero_byte(uint64_t dword) {
    return (dword - 0x0101010101010101u) & ~dword & 0x8080808080808080u;
}

size_t strlen(const char *text) {
    const char *at = text;
    for (; (uintptr_t)at & 7; at++) {
        if (!*at) {
            return at - text;
        }
    }
    while (!has_zero_byte(*(const aligned_dword *)at)) {
        at += 8;
    }
    while (*at) {
        at++;
    }
    return at - text;
}

size_t strnlen(const char *text, size_t limit) {
    const char *end = memchr(text, 0, limit);
    return end ? (size_t)(end - text) : limit;
}

int strcmp(const char *left, const char *right) {
    if ((((uintptr_t)left | (uintptr_t)right) & 7) == 0) {
        uint64_t a;
        while ((a = *(const aligned_dword *)left) == *(const aligned_dword *)right && !has_zero_byte(a)) {
            left += 8;
            right += 8;
        }
    }
    for (; *left == *right && *left; left++, right++) {
    }
    return (unsigned char)*left - (unsigned char)*right;
}

int strncmp(const char *left, const char *right, size_t limit) {
    for (; limit > 0; limit--, left++, right++) {
        if (*left != *right || !*left) {
            return (unsigned char)*left - (unsigned char)*right;
        }
    }
    return 0;
}

int strncasecmp(const char *left, const char *right, size_t limit) {
    for (; limit > 0; limit--, left++, right++) {
        int difference = tolower((unsigned char)*left) - tolower((unsigned char)*right);
        if (difference || !*left) {
            return difference;
        }
    }
    return 0;
}

int strcasecmp(const char *left, const char *right) { return strncasecmp(left, right, SIZE_MAX); }

char *stpcpy(char *restrict destination, const char *restrict source) {
    size_t length = strlen(source);
    memcpy(destination, source, length + 1);
    return destination + length;
}

char *strcpy(char *restrict destination, const char *restrict source) {
    stpcpy(destination, source);
    return destination;
}

char *strncpy(char *restrict destination, const char *restrict source, size_t limit) {
    size_t length = strnlen(source, limit);
    memcpy(destination, source, length);
    memset(destination + length, 0, limit - length);
    return destination;
}

char *strcat(char *restrict destination, const char *restrict source) {
    strcpy(destination + strlen(destination), source);
    return destination;
}

char *strncat(char *restrict destination, const char *restrict source, size_t limit) {
    size_t length = strnlen(source, limit);
    char *end = mempcpy(destination + strlen(destination), source, length);
    *end = 0;
    return destination;
}

char *strchr(const char *text, int character) {
    for (;; text++) {
        if (*text == (char)character) {
            return (char *)text;
        }
        if (!*text) {
            return NULL;
        }
    }
}

char *strrchr(const char *text, int character) {
    const char *found = NULL;
    for (;; text++) {
        if (*text == (char)character) {
            found = text;
        }
        if (!*text) {
            return (char *)found;
        }
    }
}

char *strstr(const char *text, const char *wanted) {
    size_t length = strlen(wanted);
    if (length == 0) {
        return (char *)text;
    }
    while ((text = strchr(text, wanted[0])) && strncmp(text, wanted, length)) {
        text++;
    }
    return (char *)text;
}

/* The length of the prefix whose bytes are all in `set`, or all outside it. */
static size_t span(const char *text, const char *set, int inside) {
    uint64_t member[4] = {0};
    for (; *set; set++) {
        member[(unsigned char)*set >> 6] |= 1ul << ((unsigned char)*set & 63);
    }
    const char *at = text;
    for (; *at && (int)(member[(unsigned char)*at >> 6] >> ((unsigned char)*at & 63) & 1) == inside; at++) {
    }
    return at - text;
}

size_t strspn(const char *text, const char *accepted) { return span(text, accepted, 1); }
size_t strcspn(const char *text, const char *rejected) { return span(text, rejected, 0); }

char *strpbrk(const char *text, const char *accepted) {
    text += strcspn(text, accepted);
    return *text ? (char *)text : NULL;
}

char *strtok_r(char *restrict text, const char *restrict separators, char **restrict rest) {
    if (!text && !(text = *rest)) {
        return NULL;
    }
    text += strspn(text, separators);
    if (!*text) {
        *rest = text;
        return NULL;
    }
    char *end = text + strcspn(text, separators);
    *rest = *end ? end + 1 : end;
    *end = 0;
    return text;
}

char *strtok(char *restrict text, const char *restrict separators) {
    static char *rest;
    return strtok_r(text, separators, &rest);
}

char *strndup(const char *text, size_t limit) {
    size_t length = strnlen(text, limit);
    char *copy = malloc(length + 1);
    if (copy) {
        memcpy(copy, text, length);
        copy[length] = 0;
    }
    return copy;
}

char *strdup(const char *text) { return strndup(text, SIZE_MAX); }

char *strerror(int code) {
    switch (code) {
    case 0:
        return "no error";
    case ENOMEM:
        return "out of memory";
    case EINVAL:
        return "invalid argument";
    case EOVERFLOW:
        return "value too large";
    case EDOM:
        return "argument outside the function's domain";
    case ERANGE:
        return "result too large";
    default:
        return "unknown error";
    }
}
