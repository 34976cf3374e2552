/* Constructors and destructors, functions of atexit, thread-locals: all of a program but main, in their order. The
 * first byte of the input chooses how it ends. */
#include <stdio.h>
#include <stdlib.h>
#include <zkvm_io.h>

_Thread_local int initialised = 5;
_Thread_local long zeroed;
static _Thread_local _Alignas(64) char aligned[100];
static _Thread_local int *address = NULL;

__attribute__((constructor(200))) static void second(void) { puts("constructor 200"); }
__attribute__((constructor(101))) static void first(void) { puts("constructor 101"); }
__attribute__((constructor)) static void third(void) { puts("constructor"); }
__attribute__((destructor(101))) static void last(void) { puts("destructor 101"); }
static void from_destructor(void) { puts("registered by a destructor"); }
__attribute__((destructor(200))) static void last_but_one(void) {
    puts("destructor 200");
    atexit(from_destructor);
}

static int choice;
__attribute__((destructor)) static void destroyed_first(void) {
    puts("destructor");
    if (choice == 'd') {
        exit(4); /* the others still run, this one not again */
    }
}

static int num_plain;
static void plain(void) { num_plain++; }
static void report(void) { printf("%d exit functions, registered later and so called before\n", num_plain); }
static void late(void) { puts("registered by an exit function"); }
static void registers(void) { atexit(late); }
static void leaves(void) { exit(3); }

int main(void) {
    const uint8_t *input;
    size_t size;
    read_input(&input, &size);
    choice = size ? input[0] : 0;
    initialised += 1;
    zeroed -= 7;
    aligned[99] = 1;
    address = &initialised;
    printf("%d %ld %d %d\n", *address, zeroed, aligned[98] + aligned[99], (int)((uintptr_t)aligned % 64));
    atexit(report);
    for (int i = 0; i < 100; i++) {
        atexit(plain);
    }
    atexit(registers);
    if (choice == 'e') {
        atexit(leaves);
    }
    return 2;
}
