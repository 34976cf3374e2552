/* Input and output of a guest, as the zkVM standards define them (eth-act/zkvm-standards, "IO interface"). */
#ifndef ZKVM_IO_H
#define ZKVM_IO_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Points *buf_ptr at the input, which lies in memory from the start (nothing is copied), and sets *buf_size.
 * Read-only by convention; may be called any number of times. The first byte is aligned to 32 bytes.
 * Private unless the prover was told to bind it. Of an empty input only the size is meaningful. Bytes behind the input
 * are the prover's choice, not zeros. Exits with code 134 when the region holds a size that it has no room for. */
void read_input(const uint8_t **buf_ptr, size_t *buf_size);

/* Appends `size` bytes to the public output, which the proof binds. */
void write_output(const uint8_t *output, size_t size);

#ifdef __cplusplus
}
#endif

#endif
