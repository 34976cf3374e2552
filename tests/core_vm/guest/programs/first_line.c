/* An ordinary way to read a line: room for all of the input and a zero, then a copy up to the end of the line. Safe for
 * every length that memory can hold, and for no other: of 2^64 - 1, the room is no bytes at all. */
#include <stdlib.h>
#include <string.h>
#include <zkvm_io.h>

int main(void) {
    const uint8_t *input;
    size_t size;
    read_input(&input, &size);
    char *line = malloc(size + 1), *secret = malloc(16);
    if (!line || !secret) {
        return 1;
    }
    memcpy(secret, "not overwritten", 16);
    size_t length = 0;
    for (; length < size && input[length] != '\n'; length++) {
        line[length] = (char)input[length];
    }
    line[length] = 0;
    write_output((const uint8_t *)secret, 15);
    write_output((const uint8_t *)line, length);
    return 0;
}
