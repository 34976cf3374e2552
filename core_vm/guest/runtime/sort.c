/* qsort: introsort. Quicksort on the median of three, insertion sort for short runs, and heapsort where the pivots were
 * bad for too long, so that no input takes more than about n log n steps: cycles are what a proof costs. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#define SHORT_RUN 12

struct order {
    size_t size; /* of an element */
    int whole_dwords;
    int (*compare)(const void *, const void *);
};

static void swap(const struct order *order, char *a, char *b) {
    if (order->whole_dwords) {
        typedef uint64_t __attribute__((may_alias)) dword;
        for (size_t i = 0; i < order->size; i += 8) {
            dword held = *(dword *)(a + i);
            *(dword *)(a + i) = *(dword *)(b + i);
            *(dword *)(b + i) = held;
        }
        return;
    }
    for (size_t i = 0; i < order->size; i++) {
        char held = a[i];
        a[i] = b[i];
        b[i] = held;
    }
}

static void insertion_sort(const struct order *order, char *base, size_t count) {
    for (char *sorted_end = base + order->size; sorted_end < base + count * order->size; sorted_end += order->size) {
        for (char *at = sorted_end; at > base && order->compare(at - order->size, at) > 0; at -= order->size) {
            swap(order, at - order->size, at);
        }
    }
}

static void sift_down(const struct order *order, char *base, size_t root, size_t count) {
    for (size_t child; (child = 2 * root + 1) < count; root = child) {
        char *larger = base + child * order->size;
        if (child + 1 < count && order->compare(larger, larger + order->size) < 0) {
            child++;
            larger += order->size;
        }
        if (order->compare(base + root * order->size, larger) >= 0) {
            return;
        }
        swap(order, base + root * order->size, larger);
    }
}

static void heap_sort(const struct order *order, char *base, size_t count) {
    for (size_t root = count / 2; root-- > 0;) {
        sift_down(order, base, root, count);
    }
    for (size_t last = count - 1; last > 0; last--) {
        swap(order, base, base + last * order->size);
        sift_down(order, base, 0, last);
    }
}

/* Puts the median of first, middle and last into place `base`. */
static void median_to_front(const struct order *order, char *base, size_t count) {
    char *middle = base + count / 2 * order->size, *last = base + (count - 1) * order->size;
    if (order->compare(middle, last) > 0) {
        swap(order, middle, last);
    }
    if (order->compare(base, last) > 0) {
        swap(order, base, last);
    }
    if (order->compare(middle, base) > 0) {
        swap(order, middle, base);
    }
}

/* Returns the pivot's final index: what is before it is not larger, what is after it is not smaller. Both scans are
 * bounded: a comparison that contradicts itself gets some order, and never memory outside the array. */
static size_t partition(const struct order *order, char *base, size_t count) {
    median_to_front(order, base, count);
    char *low = base, *high = base + count * order->size;
    for (;;) {
        do {
            low += order->size;
        } while (low < high && order->compare(low, base) < 0);
        do {
            high -= order->size;
        } while (high > base && order->compare(high, base) > 0);
        if (low >= high) {
            swap(order, base, high);
            return (size_t)(high - base) / order->size;
        }
        swap(order, low, high);
    }
}

static void sort(const struct order *order, char *base, size_t count, unsigned rounds_left) {
    while (count > SHORT_RUN) {
        if (rounds_left-- == 0) {
            heap_sort(order, base, count);
            return;
        }
        size_t pivot = partition(order, base, count);
        size_t num_after = count - pivot - 1;
        char *after = base + (pivot + 1) * order->size;
        if (pivot < num_after) { /* recursion on the smaller side: the stack stays logarithmic */
            sort(order, base, pivot, rounds_left);
            base = after;
            count = num_after;
        } else {
            sort(order, after, num_after, rounds_left);
            count = pivot;
        }
    }
    insertion_sort(order, base, count);
}

void qsort(void *base, size_t count, size_t size, int (*compare)(const void *, const void *)) {
    if (count < 2 || size == 0) {
        return;
    }
    struct order order = {size, (((uintptr_t)base | size) & 7) == 0, compare};
    unsigned rounds = 0;
    for (size_t n = count; n > 1; n >>= 1) {
        rounds += 2;
    }
    sort(&order, base, count, rounds);
}

void *bsearch(const void *key, const void *base, size_t count, size_t size,
              int (*compare)(const void *, const void *)) {
    const char *low = base;
    while (count > 0) {
        const char *middle = low + count / 2 * size;
        int side = compare(key, middle);
        if (side == 0) {
            return (void *)middle;
        }
        if (side > 0) {
            low = middle + size;
            count -= count / 2 + 1;
        } else {
            count /= 2;
        }
    }
    return NULL;
}
