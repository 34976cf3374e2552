/* Reads which field (0: bn254, 1: bls12-381), where the line of the sum lies, what is in its middle before, t and q. Writes
 * t + q and its line, 2 t and its. */
#include <quire.h>
#include <string.h>
#include <zkvm_io.h>

#define DWORDS 12
#define ELEMENTS_OF_LINE 3

enum { APART, LINE_ON_Q, LINE_ON_T };

int main(void) {
    static uint64_t t[(2 + ELEMENTS_OF_LINE) * DWORDS], room[4 * DWORDS], twice[2 * DWORDS], lines[2][ELEMENTS_OF_LINE * DWORDS];
    const uint8_t *input;
    size_t size;
    read_input(&input, &size);
    size_t bytes = input[0] ? 96 : 64;
    uint64_t *q = room + 2 * bytes / 8; /* a line in this room ends on it */
    uint64_t *line = input[1] == APART ? lines[0] : input[1] == LINE_ON_Q ? room : t + 2 * bytes / 8 - 1;
    memcpy(t, input + 8, 2 * bytes);
    memcpy(q, input + 8 + 2 * bytes, 2 * bytes);
    memcpy(twice, t, 2 * bytes);
    lines[0][bytes / 8 + input[2]] = input[3];
    if (input[0]) {
        quire_g2_bls12_381_add(t, q, line);
        quire_g2_bls12_381_double(twice, lines[1]);
    } else {
        quire_g2_bn254_add(t, q, line);
        quire_g2_bn254_double(twice, lines[1]);
    }
    write_output((const uint8_t *)t, 2 * bytes);
    write_output((const uint8_t *)line, 3 * bytes);
    write_output((const uint8_t *)twice, 2 * bytes);
    write_output((const uint8_t *)lines[1], 3 * bytes);
    return 0;
}
