/* Does one operation on each record of the input: floating point, conversions and 128-bit integers, none of which the
 * machine has. A record is an operation's number (8 bytes) and three operands of 16 bytes; a result has 16 bytes.
 * Every operation is one that the compiler turns into a call of a helper; the test knows what it should give. */
#include <stdint.h>
#include <string.h>
#include <zkvm_io.h>

typedef long double binary128;
typedef _Float16 binary16;
typedef __bf16 bfloat16;
typedef unsigned __int128 u128;
typedef __int128 i128;

typedef struct {
    uint64_t operation, unused;
    uint8_t a[16], b[16], c[16];
} record;

typedef void operation(const record *record, void *result);

#define OPERATION(NAME, FROM, TO, EXPRESSION)                                                                          \
    static void NAME(const record *record, void *result) {                                                             \
        FROM a, b, c;                                                                                                  \
        memcpy(&a, record->a, sizeof a);                                                                               \
        memcpy(&b, record->b, sizeof b);                                                                               \
        memcpy(&c, record->c, sizeof c);                                                                               \
        (void)b;                                                                                                       \
        (void)c;                                                                                                       \
        TO value = (TO)(EXPRESSION);                                                                                   \
        memcpy(result, &value, sizeof value);                                                                          \
    }
#include "arithmetic_operations.h" /* the test writes it: OPERATION(name, operands' type, result's type, expression) */
#undef OPERATION

#define OPERATION(NAME, FROM, TO, EXPRESSION) NAME,
static operation *const operations[] = {
#include "arithmetic_operations.h"
};

int main(void) {
    const uint8_t *input;
    size_t size;
    read_input(&input, &size);
    const record *records = (const record *)input;
    for (size_t i = 0; i < size / sizeof(record); i++) {
        uint64_t result[2] = {0, 0};
        operations[records[i].operation](&records[i], result);
        write_output((const uint8_t *)result, sizeof result);
    }
    return 0;
}
