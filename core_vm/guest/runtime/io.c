/* read_input and write_output over the two regions of the memory map.
 *
 * Each region begins with the length (8 bytes) and 24 bytes that are no business of the guest; data follow at +32. */
#include "runtime.h"

#include <quire.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <zkvm_io.h>

#define HEADER_SIZE 32
#define INPUT_REGION 0xC0000000ul
#define OUTPUT_REGION 0xE0000000ul
#define INPUT_CAPACITY (0x20000000ul - HEADER_SIZE)
#define OUTPUT_CAPACITY (0x10000000ul - HEADER_SIZE)

/* The input is the prover's choice, and so is its length: nobody but the guest can refuse one that the region cannot
 * hold. Handed on, a length of 2^64 - 1 would make `malloc(size + 1)` small and the copy into it boundless. */
void read_input(const uint8_t **buf_ptr, size_t *buf_size) {
    uint64_t length = *(const volatile uint64_t *)INPUT_REGION;
    if (length > INPUT_CAPACITY) {
        quire_fail("read_input: the length of the input is more than its region holds\n");
    }
    *buf_ptr = (const uint8_t *)(INPUT_REGION + HEADER_SIZE);
    *buf_size = length;
}

void write_output(const uint8_t *output, size_t size) {
    volatile uint64_t *length = (volatile uint64_t *)OUTPUT_REGION;
    uint64_t used = *length;
    if (used > OUTPUT_CAPACITY || size > OUTPUT_CAPACITY - used) {
        *length = UINT64_MAX; /* a length that the region cannot have: the host reports that output space is out */
        quire_exit(1);
    }
    memcpy((uint8_t *)OUTPUT_REGION + HEADER_SIZE + used, output, size);
    *length = used + size;
}
