/* From _start to the halt: constructors, main, exit functions, destructors, the exit code. */
#include "runtime.h"

#include <quire.h>
#include <stdlib.h>

extern int main(int argument_count, char **arguments);

typedef void (*function)(void);
extern const function __init_array_start[], __init_array_end[];
extern const function __fini_array_start[], __fini_array_end[];

/* Set by the first buffered character: a guest that never prints links no stdio. */
void (*quire_flush_streams)(void);

/* Set by atexit: a program without exit functions has none of that. */
void (*quire_call_exit_functions)(void);

__attribute__((noreturn)) void quire_run(void) {
    static char *no_arguments[] = {NULL};
    for (const function *constructor = __init_array_start; constructor < __init_array_end; constructor++) {
        (*constructor)();
    }
    exit(main(0, no_arguments));
}

static void call_exit_functions(void) {
    if (quire_call_exit_functions) {
        quire_call_exit_functions();
    }
}

void exit(int code) {
    static size_t num_destroyed; /* a destructor that exits is not called again */
    size_t num_destructors = (size_t)(__fini_array_end - __fini_array_start);
    call_exit_functions();
    while (num_destroyed < num_destructors) {
        __fini_array_start[num_destructors - ++num_destroyed]();
    }
    call_exit_functions(); /* those that destructors registered */
    _Exit(code);
}

void _Exit(int code) {
    if (quire_flush_streams) {
        quire_flush_streams();
    }
    quire_exit((uint32_t)code);
}

void abort(void) {
    _Exit(134);
}

void quire_fail(const char *message) {
    size_t length = 0;
    while (message[length]) {
        length++;
    }
    if (quire_flush_streams) {
        quire_flush_streams();
    }
    quire_write(2, message, length);
    abort();
}
