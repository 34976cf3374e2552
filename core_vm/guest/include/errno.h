#ifndef QUIRE_ERRNO_H
#define QUIRE_ERRNO_H

#ifdef __cplusplus
extern "C" {
#endif

/* A call and no variable: the compiler knows what malloc is and would assume that it leaves a variable alone. */
int *quire_errno(void);
#define errno (*quire_errno())

#define ENOMEM 12
#define EINVAL 22
#define EDOM 33
#define ERANGE 34
#define EOVERFLOW 75

#ifdef __cplusplus
}
#endif

#endif
