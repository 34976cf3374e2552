/* C11 atomics and gcc's older ones, of every size. Exit code: the failing line. */
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#pragma clang diagnostic ignored "-Wsync-fetch-and-nand-semantics-changed"

#define CHECK(condition)                                                                                               \
    if (!(condition)) {                                                                                                \
        return __LINE__;                                                                                               \
    }

#define SIZED(NAME, TYPE, SIGNED)                                                                                      \
    static int NAME(void) {                                                                                            \
        static _Atomic TYPE place;                                                                                     \
        static TYPE plain;                                                                                             \
        TYPE top = (TYPE)((TYPE)1 << (8 * sizeof(TYPE) - 1)), expected = 3;                                            \
        atomic_store(&place, 5);                                                                                       \
        CHECK(atomic_load(&place) == 5 && atomic_exchange(&place, top) == 5 && place == top)                           \
        CHECK(atomic_fetch_add(&place, top) == top && place == 0 && atomic_fetch_sub(&place, 1) == 0)                  \
        CHECK(place == (TYPE)-1 && atomic_fetch_and(&place, 12) == (TYPE)-1 && place == 12)                            \
        CHECK(atomic_fetch_or(&place, 3) == 12 && atomic_fetch_xor(&place, 5) == 15 && place == 10)                    \
        CHECK(!atomic_compare_exchange_strong(&place, &expected, 1) && expected == 10 && place == 10)                  \
        CHECK(atomic_compare_exchange_strong(&place, &expected, 77) && place == 77 && expected == 10)                  \
        expected = 77;                                                                                                 \
        CHECK(atomic_compare_exchange_weak_explicit(&place, &expected, 6, memory_order_relaxed, memory_order_relaxed)) \
        CHECK(++place == 7 && place-- == 7 && (place *= 3) == 18 && (place <<= 1) == 36)                               \
        CHECK(atomic_is_lock_free(&place))                                                                             \
        CHECK(__atomic_fetch_nand(&plain, 1, 5) == 0 && plain == (TYPE)-1 && __atomic_add_fetch(&plain, 2, 0) == 1)    \
        CHECK(__atomic_nand_fetch(&plain, 1, 0) == (TYPE)-2 && __atomic_xor_fetch(&plain, 1, 0) == (TYPE)-1)           \
        CHECK(__sync_fetch_and_add(&plain, 3) == (TYPE)-1 && __sync_sub_and_fetch(&plain, 1) == 1)                     \
        CHECK(__sync_bool_compare_and_swap(&plain, 1, 9) && !__sync_bool_compare_and_swap(&plain, 1, 8))               \
        CHECK(__sync_val_compare_and_swap(&plain, 9, 4) == 9 && __sync_lock_test_and_set(&plain, 2) == 4)              \
        CHECK(__sync_nand_and_fetch(&plain, 2) == (TYPE)-3 && __sync_fetch_and_or(&plain, 2) == (TYPE)-3)              \
        __sync_lock_release(&plain);                                                                                   \
        CHECK(plain == 0)                                                                                              \
        static SIGNED number = -4;                                                                                     \
        CHECK(__atomic_fetch_min(&number, 3, 0) == -4 && __atomic_fetch_max(&number, 3, 0) == -4 && number == 3)       \
        plain = top;                                                                                                   \
        CHECK(__atomic_fetch_min(&plain, 3, 0) == top && __atomic_fetch_max(&plain, top, 0) == 3 && plain == top)      \
        return 0;                                                                                                      \
    }

SIZED(bytes, uint8_t, int8_t)
SIZED(halves, uint16_t, int16_t)
SIZED(words, uint32_t, int32_t)
SIZED(dwords, uint64_t, int64_t)
SIZED(wides, unsigned __int128, __int128)

struct large {
    char bytes[40];
};

static int others(void) {
    static _Atomic struct large shared;
    struct large mine = {"a structure"}, seen = atomic_load(&shared);
    CHECK(seen.bytes[0] == 0 && atomic_compare_exchange_strong(&shared, &seen, mine))
    seen = atomic_exchange(&shared, seen);
    CHECK(!strcmp(seen.bytes, "a structure") && !atomic_compare_exchange_strong(&shared, &mine, seen))
    CHECK(mine.bytes[0] == 0 && atomic_is_lock_free(&shared))
    static _Atomic double real = 1.5;
    real += 2.25;
    CHECK(real == 3.75)
    static _Atomic(char *) pointer;
    pointer = mine.bytes;
    CHECK(pointer++ == mine.bytes && pointer == mine.bytes + 1)
    static atomic_flag flag = ATOMIC_FLAG_INIT;
    CHECK(!atomic_flag_test_and_set(&flag) && atomic_flag_test_and_set(&flag))
    atomic_flag_clear(&flag);
    CHECK(!atomic_flag_test_and_set(&flag))
    static atomic_bool truth;
    CHECK(!atomic_exchange(&truth, true) && truth)
    atomic_thread_fence(memory_order_seq_cst);
    __sync_synchronize();
    return 0;
}

int main(void) {
    int (*const checks[])(void) = {bytes, halves, words, dwords, wides, others};
    for (int i = 0; i < 6; i++) {
        int line = checks[i]();
        if (line) {
            return line + 1000 * i;
        }
    }
    return 0;
}
