/* The n-th Fibonacci number modulo 2^64, by n additions: the plain arithmetic loop. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zkvm_io.h>

int main(void) {
    const uint8_t *input;
    size_t size;
    read_input(&input, &size);
    char digits[21] = {0};
    if (size == 0 || size >= sizeof digits) {
        return EXIT_FAILURE;
    }
    memcpy(digits, input, size);
    uint64_t count = strtoul(digits, NULL, 10);

    uint64_t current = 0, next = 1;
    for (uint64_t i = 0; i < count; i++) {
        uint64_t sum = current + next;
        current = next;
        next = sum;
        __asm__ volatile("" : "+r"(current), "+r"(next)); /* one addition a round: no unrolling, no closed form */
    }

    char line[64];
    int length = snprintf(line, sizeof line, "fibonacci(%lu) = %lu modulo 2^64\n", count, current);
    write_output((const uint8_t *)line, (size_t)length);
    printf("%s", line);
    return EXIT_SUCCESS;
}
