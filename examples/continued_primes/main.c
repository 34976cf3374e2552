/* Goes on where another program ended: takes for true what `examples/primes` wrote, and counts the next thousand numbers.
 * The claim is discharged by a proof of that run; without one, this run has no valid proof. */
#include <quire.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zkvm_io.h>

#define PROGRAM_ID_BYTES 32
#define MORE 1000

static int is_prime(uint64_t odd) {
    for (uint64_t divisor = 3; divisor * divisor <= odd; divisor += 2) {
        if (odd % divisor == 0) {
            return 0;
        }
    }
    return 1;
}

int main(void) {
    const uint8_t *input;
    size_t size;
    read_input(&input, &size);
    char text[80] = {0};
    if (size <= PROGRAM_ID_BYTES || size - PROGRAM_ID_BYTES >= sizeof text) {
        return EXIT_FAILURE;
    }
    memcpy(text, input + PROGRAM_ID_BYTES, size - PROGRAM_ID_BYTES);

    /* The program of the id that the input begins with ended with exit code 0 and wrote just the rest of it. */
    uint64_t root[4];
    quire_output_root((const uint8_t *)text, size - PROGRAM_ID_BYTES, root);
    quire_claim((const uint64_t *)input, root);

    static const char between[] = " primes below ", before_last[] = ", the largest is ";
    char *end;
    uint64_t count = strtoul(text, &end, 10);
    if (strncmp(end, between, sizeof between - 1) != 0) {
        return EXIT_FAILURE;
    }
    uint64_t limit = strtoul(end + sizeof between - 1, &end, 10);
    if (limit < 3 || strncmp(end, before_last, sizeof before_last - 1) != 0) {
        return EXIT_FAILURE;
    }
    uint64_t largest = strtoul(end + sizeof before_last - 1, NULL, 10);
    for (uint64_t odd = limit | 1; odd < limit + MORE; odd += 2) {
        if (is_prime(odd)) {
            count++;
            largest = odd;
        }
    }

    /* The id is part of the output: whoever verifies sees whose result this rests on, and compares it. */
    write_output(input, PROGRAM_ID_BYTES);
    int length = snprintf(text, sizeof text, "%lu primes below %lu, the largest is %lu\n", count, limit + MORE, largest);
    write_output((const uint8_t *)text, (size_t)length);
    return EXIT_SUCCESS;
}
