/* Every way a guest can end; the first byte of the input chooses. */
#include <assert.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <zkvm_io.h>

static int constructed;
__attribute__((constructor)) static void construct(void) { constructed = 1; }

static void say_first(void) { fputs("first registered\n", stdout); }
static void say_last(void) { fputs("last registered\n", stdout); }

static jmp_buf place;
__attribute__((noinline)) static void leap(int value) { longjmp(place, value ? value + 1 : 0); }

int main(int argument_count, char **arguments) {
    const uint8_t *input;
    size_t size;
    read_input(&input, &size);
    printf("constructed %d, %d arguments%s\n", constructed, argument_count, arguments[0] ? "!" : "");
    printf("not a whole line");
    atexit(say_first);
    atexit(say_last);
    switch (size ? input[0] : 0) {
    case 'e':
        exit(3);
    case 'n':
        exit(-1);
    case 'b':
        exit(256);
    case 'a':
        abort();
    case 's':
        assert(size == 0);
        break;
    case 'f': {
        void *volatile block = malloc(10); /* volatile: else the compiler drops all three calls */
        free(block);
        free(block);
        break;
    }
    case 'o':
        write_output(input, 0x10000000 - 31);
        break;
    case 'j': {
        int value = setjmp(place);
        if (value < 3) {
            leap(value);
        }
        return value;
    }
    case 'r':
        return 5;
    }
}
