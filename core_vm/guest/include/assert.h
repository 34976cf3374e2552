/* No include guard: the C standard lets NDEBUG change between two inclusions. */
#undef assert

#ifdef NDEBUG
#define assert(condition) ((void)0)
#else
#define assert(condition) ((condition) ? (void)0 : quire_assertion_failed(#condition, __FILE__, __LINE__, __func__))
#endif

#ifndef QUIRE_ASSERT_H
#define QUIRE_ASSERT_H

#if !defined(__cplusplus) && !defined(static_assert)
#define static_assert _Static_assert
#endif

#ifdef __cplusplus
extern "C"
#endif
/* Prints where to stderr, then exits with code 134, like abort. */
__attribute__((noreturn)) void quire_assertion_failed(const char *condition, const char *file, int line,
                                                      const char *function);

#endif
