/* What the compiler's own library provides: 128-bit division and software floating point. And a name of ours that the
 * guest takes for itself. */
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <zkvm_io.h>

size_t strcspn(const char *text, const char *rejected) { /* the guest's own meaning */
    (void)text;
    (void)rejected;
    return 77;
}

int main(void) {
    const uint8_t *input;
    size_t size;
    read_input(&input, &size);
    uint64_t numbers[3];
    memcpy(numbers, input, sizeof numbers);
    __uint128_t wide = (__uint128_t)numbers[0] << 64 | numbers[1];
    uint64_t results[4] = {(uint64_t)(wide / numbers[2]), (uint64_t)(wide % numbers[2])};
    double quotient = (double)numbers[0] / (double)numbers[2];
    memcpy(&results[2], &quotient, 8);
    results[3] = strcspn("a", "b");
    write_output((const uint8_t *)results, sizeof results);
    return 0;
}
