/* Echoes the input in pieces of many sizes; reads it twice. */
#include <zkvm_io.h>

int main(void) {
    const uint8_t *input, *again;
    size_t size, size_again;
    read_input(&input, &size);
    for (size_t at = 0, piece = 0; at < size; at += piece++) {
        if (piece > size - at) {
            piece = size - at;
        }
        write_output(input + at, piece);
    }
    write_output(input, 0);
    read_input(&again, &size_again);
    return input != again || size != size_again;
}
