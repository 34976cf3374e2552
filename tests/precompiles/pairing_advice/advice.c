/* Reads which curve (0: bn254, 1: bls12-381), a pair and a class, in 36 dwords each; writes what stands in the place of the class
 * after `miller`, after `root`, and after a `root` that reads the class as the pair. */
#include <quire.h>
#include <string.h>
#include <zkvm_io.h>

#define DWORDS QUIRE_PAIRING_ADVICE_DWORDS

int main(void) {
    static uint64_t pair[DWORDS], class[DWORDS];
    const uint8_t *input;
    size_t size;
    read_input(&input, &size);
    uint64_t first = input[0] ? QUIRE_ECALL_PAIRING_ADVICE_BLS12_381 : QUIRE_ECALL_PAIRING_ADVICE_BN254;
    memcpy(pair, input + 8, sizeof pair);
    memcpy(class, input + 8 + sizeof pair, sizeof class);
    quire_pairing_advice_call(first + QUIRE_PAIRING_ADVICE_MILLER, class, pair);
    write_output((const uint8_t *)class, sizeof class);
    quire_pairing_advice_call(first + QUIRE_PAIRING_ADVICE_ROOT, class, pair);
    write_output((const uint8_t *)class, sizeof class);
    quire_pairing_advice_call(first + QUIRE_PAIRING_ADVICE_ROOT, class, class);
    write_output((const uint8_t *)class, sizeof class);
    return 0;
}
