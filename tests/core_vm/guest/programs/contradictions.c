/* qsort and bsearch with comparisons that contradict themselves: undefined, and yet nothing outside the array is read
 * or written. Exit code: the failing line. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define MAXIMUM 300
#define CANARIES 8

static uint8_t area[(MAXIMUM + 2 * CANARIES) * 24];
static const uint8_t *first, *end;
static int outside, kind;

static int compare(const void *left, const void *right) {
    const uint8_t *a = left, *b = right;
    outside |= a < first || a >= end || b < first || b >= end;
    switch (kind) {
    case 0:
        return 1;
    case 1:
        return -1;
    case 2:
        return *a < *b ? -1 : 1; /* never equal: the one that careless programs have */
    case 3:
        return *a > *b; /* and this */
    default:
        return rand() % 3 - 1;
    }
}

static int check(size_t count, size_t size) {
    memset(area, 0xC5, sizeof area);
    uint8_t *array = area + CANARIES * size;
    first = array;
    end = array + count * size;
    long sum = 0;
    for (size_t i = 0; i < count * size; i++) {
        sum += array[i] = (uint8_t)(rand() >> 8) % 5;
    }
    qsort(array, count, size, compare);
    for (size_t i = 0; i < count * size; i++) {
        sum -= array[i];
    }
    for (size_t i = 0; i < CANARIES * size; i++) {
        if (area[i] != 0xC5 || end[i] != 0xC5) {
            return __LINE__;
        }
    }
    const uint8_t *found = count ? bsearch(array, array, count, size, compare) : NULL;
    if (found && (found < first || found >= end)) {
        return __LINE__;
    }
    return sum || outside ? __LINE__ : 0;
}

int main(void) {
    static const size_t sizes[] = {1, 3, 8, 24};
    for (kind = 0; kind < 6; kind++) {
        for (size_t count = 0; count < MAXIMUM; count += count < 40 ? 1 : 37) {
            for (int i = 0; i < 4; i++) {
                int line = check(count, sizes[i]);
                if (line) {
                    return line;
                }
            }
        }
    }
    return 0;
}
