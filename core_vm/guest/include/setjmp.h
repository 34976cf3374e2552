#ifndef QUIRE_SETJMP_H
#define QUIRE_SETJMP_H

#ifdef __cplusplus
extern "C" {
#endif

typedef unsigned long jmp_buf[14]; /* ra, sp, s0..s11 */

__attribute__((returns_twice)) int setjmp(jmp_buf place);
__attribute__((noreturn)) void longjmp(jmp_buf place, int value);

#ifdef __cplusplus
}
#endif

#endif
