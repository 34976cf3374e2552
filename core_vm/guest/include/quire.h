/* The raw calls of the Quire machine: `ecall` with the number in a7, as on Linux.
 *
 *   93       exit: a0 is the exit code. 0 is success; a proof of any other code never passes for one of success.
 *   64       write: a0 is 1 (stdout) or 2 (stderr) of the host. Outside the proof; a0 becomes the length.
 *   0x1000.. precompiles: a0, a1, a2 point to the operands, aligned to 8 bytes; an unused one is 0. Each has a function
 *            in a header of its own.
 */
#ifndef QUIRE_H
#define QUIRE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define QUIRE_ECALL_WRITE 64
#define QUIRE_ECALL_EXIT 93

/* Every register keeps its value through an ecall, except a0. The host or a precompile may read and write any memory
 * that an operand points to: hence the "memory" clobber. */
static inline uint64_t quire_ecall(uint64_t number, uint64_t first, uint64_t second, uint64_t third) {
    register uint64_t a0 __asm__("a0") = first;
    register uint64_t a1 __asm__("a1") = second;
    register uint64_t a2 __asm__("a2") = third;
    register uint64_t a7 __asm__("a7") = number;
    __asm__ volatile("ecall" : "+r"(a0) : "r"(a1), "r"(a2), "r"(a7) : "memory");
    return a0;
}

/* Ends the run at once: no atexit functions, no flushing. `exit` of stdlib.h does both. */
__attribute__((noreturn)) static inline void quire_exit(uint32_t code) {
    quire_ecall(QUIRE_ECALL_EXIT, code, 0, 0);
    __builtin_unreachable();
}

static inline size_t quire_write(int descriptor, const void *data, size_t size) {
    return quire_ecall(QUIRE_ECALL_WRITE, (uint64_t)descriptor, (uint64_t)(uintptr_t)data, size);
}

#ifdef __cplusplus
}
#endif

/* The calls of the precompiles that come with the machine. */
#if __has_include(<quire_precompiles.h>)
#include <quire_precompiles.h>
#endif

#endif
