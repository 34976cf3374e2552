/* From _start to the halt: constructors, main, atexit functions, the exit code. */
#include "runtime.h"

#include <quire.h>
#include <stdlib.h>

extern int main(int argument_count, char **arguments);

typedef void (*function)(void);
extern const function __init_array_start[], __init_array_end[];

/* Set by the first buffered character: a guest that never prints links no stdio. */
void (*quire_flush_streams)(void);

static function exit_functions[32];
static size_t num_exit_functions;

__attribute__((noreturn)) void quire_run(void) {
    static char *no_arguments[] = {NULL};
    for (const function *constructor = __init_array_start; constructor < __init_array_end; constructor++) {
        (*constructor)();
    }
    exit(main(0, no_arguments));
}

int atexit(void (*function)(void)) {
    if (num_exit_functions == sizeof exit_functions / sizeof exit_functions[0]) {
        return -1;
    }
    exit_functions[num_exit_functions++] = function;
    return 0;
}

void exit(int code) {
    while (num_exit_functions > 0) {
        exit_functions[--num_exit_functions]();
    }
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
