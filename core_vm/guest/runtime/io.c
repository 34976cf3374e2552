/* read_input and write_output over the two regions of the memory map.
 *
 * Each region begins with the length (8 bytes) and 24 bytes that are no business of the guest; data follow at +32. */
#include <quire.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <zkvm_io.h>

#define HEADER_SIZE 32
#define INPUT_REGION 0xC0000000ul
#define OUTPUT_REGION 0xE0000000ul
#define OUTPUT_REGION_SIZE 0x10000000ul

void read_input(const uint8_t **buf_ptr, size_t *buf_size) {
    *buf_ptr = (const uint8_t *)(INPUT_REGION + HEADER_SIZE);
    *buf_size = *(const volatile uint64_t *)INPUT_REGION;
}

void write_output(const uint8_t *output, size_t size) {
    volatile uint64_t *length = (volatile uint64_t *)OUTPUT_REGION;
    uint64_t used = *length;
    if (size > OUTPUT_REGION_SIZE - HEADER_SIZE - used) {
        *length = UINT64_MAX; /* a length that the region cannot have: the host reports that output space is out */
        quire_exit(1);
    }
    memcpy((uint8_t *)OUTPUT_REGION + HEADER_SIZE + used, output, size);
    *length = used + size;
}
