/* qsort on random, sorted, reversed, equal and organ-pipe lists of several element sizes; the number of comparisons
 * stays below 3 n log2 n. Exit code: the failing line. */
#include <stdint.h>
#include <stdlib.h>

#define MAXIMUM 3000

static size_t num_comparisons;

static int compare_dwords(const void *left, const void *right) {
    uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;
    num_comparisons++;
    return (a > b) - (a < b);
}

struct odd {
    uint8_t key, payload[2];
};

static int compare_odd(const void *left, const void *right) {
    num_comparisons++;
    return ((const struct odd *)left)->key - ((const struct odd *)right)->key;
}

static uint64_t element(int pattern, size_t i, size_t count) {
    switch (pattern) {
    case 0:
        return (uint64_t)rand();
    case 1:
        return i;
    case 2:
        return count - i;
    case 3:
        return 7;
    case 4:
        return i < count / 2 ? i : count - i;
    default:
        return (uint64_t)rand() % 4;
    }
}

static int check_dwords(int pattern, size_t count) {
    static uint64_t list[MAXIMUM];
    uint64_t sum = 0, log_count = 1;
    for (size_t i = 0; i < count; i++) {
        sum += list[i] = element(pattern, i, count);
    }
    for (; count >> log_count; log_count++) {
    }
    num_comparisons = 0;
    qsort(list, count, sizeof list[0], compare_dwords);
    for (size_t i = 0; i < count; i++) {
        sum -= list[i];
        if (i && list[i - 1] > list[i]) {
            return __LINE__;
        }
        if (bsearch(&list[i], list, count, sizeof list[0], compare_dwords) == NULL && i % 16 == 0) {
            return __LINE__;
        }
    }
    return sum ? __LINE__ : 0;
}

static int check_cost(int pattern) {
    static uint64_t list[MAXIMUM];
    for (size_t i = 0; i < MAXIMUM; i++) {
        list[i] = element(pattern, i, MAXIMUM);
    }
    num_comparisons = 0;
    qsort(list, MAXIMUM, sizeof list[0], compare_dwords);
    return num_comparisons > 3 * MAXIMUM * 12;
}

static int check_odd(size_t count) {
    static struct odd list[500];
    for (size_t i = 0; i < count; i++) {
        uint8_t key = (uint8_t)rand();
        list[i] = (struct odd){key, {(uint8_t)(key + 1), (uint8_t)(key + 2)}};
    }
    qsort(list, count, sizeof list[0], compare_odd);
    for (size_t i = 0; i < count; i++) {
        if ((i && list[i - 1].key > list[i].key) || list[i].payload[1] != (uint8_t)(list[i].key + 2)) {
            return __LINE__;
        }
    }
    return 0;
}

int main(void) {
    for (int pattern = 0; pattern < 6; pattern++) {
        for (size_t count = 0; count < 70; count++) {
            int line = check_dwords(pattern, count);
            if (line) {
                return line;
            }
        }
        if (check_dwords(pattern, 1000) || check_cost(pattern)) {
            return 1000 + pattern;
        }
    }
    return check_odd(500);
}
