/* One mistake a run: the first byte of the input says which. */
#include <quire.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <zkvm_io.h>

struct far {
    char before[30000];
    int field;
};

static uint8_t megabyte[1 << 20];

__attribute__((noinline)) static int recurse(volatile int *above, int depth) {
    volatile int here = depth;
    return recurse(&here, depth + 1) + *above;
}

__attribute__((noinline)) static int large_frames(volatile char *above) {
    volatile char here[1 << 24];
    here[0] = *above;
    return large_frames(here) + *above;
}

__attribute__((noinline)) static int variable_frame(size_t size) {
    char here[size];
    __asm__ volatile("" : : "r"(here) : "memory"); /* whatever is done with it is done far below the stack */
    memset(here, 1, 100);
    return here[0];
}

__attribute__((noinline)) static int constant_frame(int zero) {
    char here[1500000000];
    __asm__ volatile("" : : "r"(here) : "memory");
    return here[zero];
}

__attribute__((noinline)) static void store_to_null(void) {
    *(int *)0 = 7;
}

__attribute__((noinline)) static int read_field(const struct far *pointer) {
    return pointer->field;
}

__attribute__((noinline)) static int call(int (*function)(int)) {
    return function(1) + 1;
}

__attribute__((noinline)) static int stop(int n) {
    if (n) {
        __builtin_trap();
    }
    return n;
}

__attribute__((noinline)) static int choose(int n) {
    switch (n) {
    case 1: return 5;
    case 2: return 7;
    default: __builtin_unreachable();
    }
}

__attribute__((noinline)) static _Noreturn void return_all_the_same(volatile int *n) {
    *n = 1;
}

__attribute__((noinline)) static void fill_output(void) {
    for (int i = 0; i < 300; i++) {
        write_output(megabyte, sizeof megabyte);
    }
}

int main(void) {
    const uint8_t *input;
    size_t size;
    read_input(&input, &size);
    volatile char *block = malloc(0x9F000000); /* its end lies below the guard */
    block[0x9EFFFFFF] = 1;
    void *volatile null = NULL;
    volatile int zero = 0;
    switch (input[0]) {
    case 'r': return recurse(&zero, 0);
    case 'l': return large_frames(block);
    case 'v': return variable_frame(300000000ul + (size_t)zero);
    case 'V': return variable_frame(1500000000ul + (size_t)zero);
    case 'c': return constant_frame(zero);
    case 's': store_to_null(); return 0;
    case 'f': return read_field(null);
    case 'm': memcpy(megabyte, null, 100); return megabyte[5];
    case 'j': return call((int (*)(int))null);
    case 'w': return (int)quire_write(1, null, 5);
    case 'g': return *(volatile char *)(0xA8000000ul + (size_t)zero);
    case 't': return stop(1 + zero);
    case 'u': return choose(3 + zero);
    case 'n': return_all_the_same(&zero);
    case 'o': fill_output(); return 0;
    default: return variable_frame(200000000ul + (size_t)zero); /* inside the stack's share */
    }
}
