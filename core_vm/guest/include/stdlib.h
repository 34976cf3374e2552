#ifndef QUIRE_STDLIB_H
#define QUIRE_STDLIB_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

#define EXIT_SUCCESS 0
#define EXIT_FAILURE 1
#define RAND_MAX 0x7fffffff

void *malloc(size_t size);
void *calloc(size_t count, size_t size);
void *realloc(void *block, size_t size);
void *aligned_alloc(size_t alignment, size_t size);
void free(void *block);

/* The exit code is the low 32 bits of `code`, never truncated to 8: exit(256) must not look like success. */
__attribute__((noreturn)) void exit(int code);
__attribute__((noreturn)) void _Exit(int code);
/* Exit code 134, what a shell shows for SIGABRT. */
__attribute__((noreturn)) void abort(void);
/* As many functions as the heap has room for, 32 without it; non-zero beyond. */
int atexit(void (*function)(void));

int atoi(const char *text);
long atol(const char *text);
long long atoll(const char *text);
long strtol(const char *restrict text, char **restrict end, int base);
unsigned long strtoul(const char *restrict text, char **restrict end, int base);
long long strtoll(const char *restrict text, char **restrict end, int base);
unsigned long long strtoull(const char *restrict text, char **restrict end, int base);

int abs(int value);
long labs(long value);
long long llabs(long long value);

typedef struct {
    int quot, rem;
} div_t;
typedef struct {
    long quot, rem;
} ldiv_t;
typedef struct {
    long long quot, rem;
} lldiv_t;
div_t div(int numerator, int denominator);
ldiv_t ldiv(long numerator, long denominator);
lldiv_t lldiv(long long numerator, long long denominator);

void qsort(void *base, size_t count, size_t size, int (*compare)(const void *, const void *));
void *bsearch(const void *key, const void *base, size_t count, size_t size,
              int (*compare)(const void *, const void *));

/* Deterministic, as every guest is: the seed is 1 until srand sets another. */
int rand(void);
void srand(unsigned seed);

/* There is no environment: always NULL. */
char *getenv(const char *name);

#ifdef __cplusplus
}
#endif

#endif
