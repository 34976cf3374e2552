/* The standards ask for a panic: memory at address 0 can be read like any other, and what is there would be an operand. */
#ifndef QUIRE_NULL_POINTERS_H
#define QUIRE_NULL_POINTERS_H

#include <quire.h>
#include <stdlib.h>

#define REFUSE_NULL(function, pointer) refuse_null(function ": null pointer\n", sizeof function ": null pointer\n" - 1, pointer)

static inline void refuse_null(const char *message, size_t length, const void *pointer) {
    if (!pointer) {
        quire_write(2, message, length);
        abort();
    }
}

#endif
