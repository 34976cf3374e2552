/* The first instruction of a guest: registers are zero, memory is the image. */

    .section .text._start, "ax", @progbits
    .globl _start
    .type _start, @function
_start:
    /* Code of other compilers may address small data relative to gp. The linker must not turn this load of gp into
       one relative to gp. */
    .option push
    .option norelax
    la gp, __global_pointer$
    .option pop
    la tp, __tls_start          /* thread-locals are addressed from their start */
    li sp, 0xBFFFFFF0           /* the top of the image region, aligned to 16 bytes as the calling convention asks */
    li ra, 0                    /* nobody called us: a return from here traps at address 0 */
    j quire_run
    .size _start, . - _start

    .section .note.GNU-stack, "", @progbits
