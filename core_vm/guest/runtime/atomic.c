/* Atomic operations, as calls: the machine has no atomic instructions and needs none. One thread runs and nothing
 * interrupts it, so that every load and store is atomic and in order, and lock-free.
 *
 * Compilers call `__atomic_*` (clang) and `__sync_*` (gcc, Rust); they know these names as builtins and let nobody
 * define them, hence the labels. Those of the compiler's library call themselves for ever. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef unsigned __int128 wide;
typedef __int128 signed_wide;

#define LABEL(name) __asm__(#name)
#define DEFINE(type, label, parameters)                                                                                \
    type function_##label parameters LABEL(label);                                                                     \
    type function_##label parameters

/* A function that stores `expression` of the old value and `operand`, and returns the old or the new value. The order
 * that `__atomic_*` functions take as their last argument is left where it is. */
#define MODIFY(type, label, expression, returned)                                                                      \
    DEFINE(type, label, (type * place, type operand)) {                                                                \
        type old = *place, new = (type)(expression);                                                                   \
        *place = new;                                                                                                  \
        return returned;                                                                                               \
    }

#define BOTH_FAMILIES(size, type, name, expression)                                                                    \
    MODIFY(type, __atomic_fetch_##name##_##size, expression, old)                                                      \
    MODIFY(type, __atomic_##name##_fetch_##size, expression, new)                                                      \
    MODIFY(type, __sync_fetch_and_##name##_##size, expression, old)                                                    \
    MODIFY(type, __sync_##name##_and_fetch_##size, expression, new)

#define EXTREMES(size, type, signed_type)                                                                              \
    BOTH_FAMILIES(size, type, umin, operand < old ? operand : old)                                                     \
    BOTH_FAMILIES(size, type, umax, operand > old ? operand : old)                                                     \
    BOTH_FAMILIES(size, type, min, (signed_type)operand < (signed_type)old ? operand : old)                            \
    BOTH_FAMILIES(size, type, max, (signed_type)operand > (signed_type)old ? operand : old)

#define COMPARE_AND_SWAP(size, type)                                                                                   \
    DEFINE(bool, __atomic_compare_exchange_##size, (type * place, type * expected, type desired)) {                    \
        type old = *place;                                                                                             \
        if (old != *expected) {                                                                                        \
            *expected = old;                                                                                           \
            return false;                                                                                              \
        }                                                                                                              \
        *place = desired;                                                                                              \
        return true;                                                                                                   \
    }                                                                                                                  \
    DEFINE(type, __sync_val_compare_and_swap_##size, (type * place, type expected, type desired)) {                    \
        type old = *place;                                                                                             \
        *place = old == expected ? desired : old;                                                                      \
        return old;                                                                                                    \
    }                                                                                                                  \
    DEFINE(bool, __sync_bool_compare_and_swap_##size, (type * place, type expected, type desired)) {                   \
        return function___sync_val_compare_and_swap_##size(place, expected, desired) == expected;                      \
    }

#define SIZE(size, type, signed_type)                                                                                  \
    DEFINE(type, __atomic_load_##size, (const type *place)) { return *place; }                                         \
    DEFINE(void, __atomic_store_##size, (type * place, type value)) { *place = value; }                                \
    DEFINE(void, __sync_lock_release_##size, (type * place)) { *place = 0; }                                           \
    MODIFY(type, __atomic_exchange_##size, operand, old)                                                               \
    MODIFY(type, __sync_lock_test_and_set_##size, operand, old)                                                        \
    BOTH_FAMILIES(size, type, add, old + operand)                                                                      \
    BOTH_FAMILIES(size, type, sub, old - operand)                                                                      \
    BOTH_FAMILIES(size, type, and, old &operand)                                                                       \
    BOTH_FAMILIES(size, type, or, old | operand)                                                                       \
    BOTH_FAMILIES(size, type, xor, old ^ operand)                                                                      \
    BOTH_FAMILIES(size, type, nand, ~(old & operand))                                                                  \
    EXTREMES(size, type, signed_type)                                                                                  \
    COMPARE_AND_SWAP(size, type)

SIZE(1, uint8_t, int8_t)
SIZE(2, uint16_t, int16_t)
SIZE(4, uint32_t, int32_t)
SIZE(8, uint64_t, int64_t)
SIZE(16, wide, signed_wide)

/* The same for objects of any size. */
DEFINE(void, __atomic_load, (size_t size, const void *place, void *value)) { memcpy(value, place, size); }

DEFINE(void, __atomic_store, (size_t size, void *place, const void *value)) { memcpy(place, value, size); }

DEFINE(void, __atomic_exchange, (size_t size, char *place, const char *value, char *old)) {
    for (size_t i = 0; i < size; i++) { /* a byte at a time: `old` may be `value` */
        char held = place[i];
        place[i] = value[i];
        old[i] = held;
    }
}

DEFINE(bool, __atomic_compare_exchange, (size_t size, void *place, void *expected, const void *desired)) {
    if (memcmp(place, expected, size)) {
        memcpy(expected, place, size);
        return false;
    }
    memcpy(place, desired, size);
    return true;
}

DEFINE(bool, __atomic_is_lock_free, (size_t size, const volatile void *place)) {
    (void)size, (void)place;
    return true;
}
