/* Reads x, y, z and a carry; writes what each call makes of them, then comparisons and a signed division. */
#include <quire.h>
#include <string.h>
#include <zkvm_io.h>

static uint64_t x[4], y[4], z[4], carry[1];
static uint64_t first[4], second[4], bit[1];

static void again(void) {
    memcpy(first, x, 32);
    memcpy(second, z, 32);
    bit[0] = carry[0];
}

static void write_sum(void) {
    write_output((const uint8_t *)first, 32);
    write_output((const uint8_t *)bit, 8);
    again();
}

static void write_product(void) {
    write_output((const uint8_t *)first, 32);
    write_output((const uint8_t *)second, 32);
    again();
}

int main(void) {
    const uint8_t *input;
    size_t size;
    read_input(&input, &size);
    memcpy(x, input, 32);
    memcpy(y, input + 32, 32);
    memcpy(z, input + 64, 32);
    memcpy(carry, input + 96, 8);
    again();
    quire_uint256_add(first, y, bit);
    write_sum();
    quire_uint256_subtract(first, y, bit);
    write_sum();
    quire_uint256_compare(first, y, bit);
    write_sum();
    quire_uint256_multiply(first, y, second);
    write_product();
    quire_uint256_multiply_add(first, y, second);
    write_product();
    quire_uint256_divide(first, y, second);
    write_product();
    quire_uint256_divide_signed(first, y, second);
    write_product();
    uint64_t less[2] = {quire_uint256_less(x, y), quire_uint256_less_signed(x, y)};
    write_output((const uint8_t *)less, 16);
    quire_uint256_multiply(first, first, second); /* a square, in place */
    write_product();
    memcpy(second, y, 32);
    quire_uint256_divide(first, second, second); /* the remainder in the place of the divisor */
    write_product();
    return 0;
}
