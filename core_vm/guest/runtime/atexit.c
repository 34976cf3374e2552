/* Functions that a guest wants called when it exits. */
#include "runtime.h"

#include <stdlib.h>

/* The functions of atexit, and C++'s with their object. The first block is there from the start, as the C standard
 * asks of 32 functions; the heap has room for more. */
struct exit_block {
    struct exit_block *earlier;
    size_t count;
    struct {
        void (*function)(void *);
        void *object;
    } entries[32];
};

static struct exit_block first_block, *newest_block = &first_block;

/* Every function is forgotten before it is called: one that registers others or exits itself is not called again. */
static void call_exit_functions(void) {
    for (struct exit_block *block; (block = newest_block)->count || block->earlier;) {
        if (block->count == 0) {
            newest_block = block->earlier;
            continue;
        }
        size_t last = --block->count;
        block->entries[last].function(block->entries[last].object);
    }
}

/* The C++ ABI's atexit. `library` would say which shared library goes; there is one program and it goes as a whole. */
int __cxa_atexit(void (*function)(void *), void *object, void *library) {
    (void)library;
    struct exit_block *block = newest_block;
    quire_call_exit_functions = call_exit_functions;
    if (block->count == sizeof block->entries / sizeof block->entries[0]) {
        block = malloc(sizeof *block);
        if (!block) {
            return -1;
        }
        block->earlier = newest_block;
        block->count = 0;
        newest_block = block;
    }
    block->entries[block->count].function = function;
    block->entries[block->count].object = object;
    block->count++;
    return 0;
}

void *__dso_handle; /* what C++ hands over as `library` */

static void call_plain(void *object) { ((void (*)(void))(uintptr_t)object)(); }

int atexit(void (*function)(void)) { return __cxa_atexit(call_plain, (void *)(uintptr_t)function, NULL); }
