/* Counts the primes below a limit with the sieve of Eratosthenes over the odd numbers: the long example. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zkvm_io.h>

int main(void) {
    const uint8_t *input;
    size_t size;
    read_input(&input, &size);
    char digits[16] = {0};
    if (size == 0 || size >= sizeof digits) {
        return EXIT_FAILURE;
    }
    memcpy(digits, input, size);
    uint64_t limit = strtoul(digits, NULL, 10);

    uint64_t half = limit / 2; /* entry i stands for 2 i + 1 */
    uint8_t *composite = calloc(half, 1);
    if (limit < 3 || !composite) {
        return EXIT_FAILURE;
    }
    for (uint64_t i = 1; 2 * i * (i + 1) < half; i++) {
        if (!composite[i]) {
            for (uint64_t multiple = 2 * i * (i + 1); multiple < half; multiple += 2 * i + 1) {
                composite[multiple] = 1;
            }
        }
    }
    uint64_t count = 1, largest = 2;
    for (uint64_t i = 1; i < half; i++) {
        if (!composite[i]) {
            count++;
            largest = 2 * i + 1;
        }
    }

    char line[80];
    int length = snprintf(line, sizeof line, "%lu primes below %lu, the largest is %lu\n", count, limit, largest);
    write_output((const uint8_t *)line, (size_t)length);
    return EXIT_SUCCESS;
}
