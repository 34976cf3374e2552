/* What the parts of the runtime share; no guest includes this. */
#ifndef QUIRE_RUNTIME_H
#define QUIRE_RUNTIME_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

/* The machine takes loads and stores at any address (Zicclsm): a misaligned one is one instruction, two rows' worth of
 * memory, and far cheaper than shifting two aligned ones together. */
typedef uint64_t __attribute__((aligned(1), may_alias)) unaligned_dword;
typedef uint32_t __attribute__((aligned(1), may_alias)) unaligned_word;
typedef uint64_t __attribute__((may_alias)) aligned_dword;

extern void (*quire_flush_streams)(void);
extern void (*quire_call_exit_functions)(void);

/* Prints a message to the host's stderr and aborts. */
__attribute__((noreturn)) void quire_fail(const char *message);

/* Where formatted text goes. */
struct sink {
    void (*write)(struct sink *sink, const char *text, size_t size);
    size_t total; /* bytes asked for so far, also those that a bounded sink dropped */
    int overflowed; /* more of them than an int can tell: the rest is dropped */
};

/* Returns the number of bytes, or -1 (with errno) where an int cannot say it. */
int quire_format(struct sink *sink, const char *format, va_list arguments);

#endif
