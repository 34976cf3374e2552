/* memcpy, memmove, memset, memcmp at every alignment and overlap, against byte loops. Exit code: the failing line. */
#include <stdint.h>
#include <string.h>

#define AREA 224

static uint8_t area[AREA], expected[AREA];

static void fill(void) {
    for (int i = 0; i < AREA; i++) {
        area[i] = expected[i] = (uint8_t)(i * 37 + 11);
    }
}

static int differs(void) {
    for (int i = 0; i < AREA; i++) {
        if (area[i] != expected[i]) {
            return 1;
        }
    }
    return 0;
}

static int check_move(int to, int from, int size) {
    fill();
    static uint8_t held[AREA];
    for (int i = 0; i < size; i++) {
        held[i] = area[from + i];
    }
    for (int i = 0; i < size; i++) {
        expected[to + i] = held[i];
    }
    return memmove(area + to, area + from, (size_t)size) != area + to || differs();
}

static int check_copy(int to, int from, int size) {
    fill();
    for (int i = 0; i < size; i++) {
        expected[to + i] = area[from + i];
    }
    return memcpy(area + to, area + from, (size_t)size) != area + to || differs();
}

static int check_set(int to, int size) {
    fill();
    for (int i = 0; i < size; i++) {
        expected[to + i] = 0xA5;
    }
    return memset(area + to, 0x5A5A5AA5, (size_t)size) != area + to || differs();
}

static int sign(int value) { return (value > 0) - (value < 0); }

static int check_compare(int left, int right, int size) {
    static uint8_t a[64], b[64];
    memset(a, 7, sizeof a);
    memset(b, 7, sizeof b);
    if (memcmp(a + left, b + right, (size_t)size)) {
        return 1;
    }
    for (int i = 0; i < size; i++) {
        b[right + i] = 200; /* larger as an unsigned byte, smaller as a signed one */
        if (sign(memcmp(a + left, b + right, (size_t)size)) != -1 ||
            sign(memcmp(b + right, a + left, (size_t)size)) != 1) {
            return 1;
        }
        b[right + i] = 7;
    }
    return 0;
}

int main(void) {
    volatile int hide = 0; /* sizes the compiler cannot know: the functions are called, not expanded */
    for (int size = hide; size < 80; size++) {
        for (int to = 0; to < 9; to++) {
            for (int from = 0; from < 9; from++) {
                if (check_copy(to, 112 + from, size)) {
                    return __LINE__;
                }
            }
            if (check_set(to, size)) {
                return __LINE__;
            }
        }
        for (int distance = -40; distance <= 40; distance++) {
            if (check_move(64 + distance, 64, size) || check_move(67 + distance, 67, size)) {
                return __LINE__;
            }
        }
    }
    for (int size = hide; size < 20; size++) {
        if (check_compare(size % 8, size % 3, size)) {
            return __LINE__;
        }
    }
    if (memchr("quire", 'r', 5 + (size_t)hide) == NULL || memchr("quire", 'x', 5 + (size_t)hide) != NULL) {
        return __LINE__;
    }
    return 0;
}
