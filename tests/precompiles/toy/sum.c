/* Reads vectors of seven 64-bit numbers, adds them up, and writes the total. */
#include <string.h>
#include <vector_add/guest.h>
#include <zkvm_io.h>

#define LANES 7

int main(void) {
    static uint64_t total[LANES], terms[LANES];
    const uint8_t *input;
    size_t size;
    read_input(&input, &size);
    for (size_t at = 0; at + sizeof terms <= size; at += sizeof terms) {
        memcpy(terms, input + at, sizeof terms);
        vector_add(total, terms, LANES);
    }
    write_output((const uint8_t *)total, sizeof total);
    return 0;
}
