/* Between these, functions are compiled to be short, at the cost of a few more instructions executed: of the code that a shard
 * executes, each instruction costs as much as ten executions of it, since the program's tree is opened there. What is
 * executed most is calls of precompiles, which are as many either way. */
#ifndef QUIRE_SHORT_CODE_H
#define QUIRE_SHORT_CODE_H

#ifdef __clang__
#define SHORT_CODE_BEGIN _Pragma("clang attribute push(__attribute__((minsize)), apply_to = function)")
#define SHORT_CODE_END _Pragma("clang attribute pop")
#else /* The same code, a little longer. */
#define SHORT_CODE_BEGIN
#define SHORT_CODE_END
#endif

#endif
