/* What ends the run with exit code 134 before a function looks at anything. */
#ifndef QUIRE_ARGUMENTS_H
#define QUIRE_ARGUMENTS_H

#include <quire.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

/* One behind the highest address that can be read. */
#define MEMORY_END 0xf0000000ul

static inline void quire_require(bool holds, const char *message, size_t length) {
    if (!holds) {
        quire_write(2, message, length);
        abort();
    }
}

#define REQUIRE(holds, message) quire_require(holds, message "\n", sizeof message)

/* The standards ask for a panic: memory at address 0 can be read like any other, and what is there would be an operand. */
#define REFUSE_NULL(function, pointer) REQUIRE(pointer, function ": null pointer")

/* So many elements that no memory has them: their end would wrap, and what is computed of them be of others. */
#define REFUSE_BEYOND_MEMORY(function, pointer, count) \
    REQUIRE(fits_memory((uintptr_t)(pointer), count, sizeof *(pointer)), function ": more than the memory has")

static inline bool fits_memory(uintptr_t address, size_t count, size_t size) {
    return address <= MEMORY_END && count <= (MEMORY_END - address) / size;
}

#endif
