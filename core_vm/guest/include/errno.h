#ifndef QUIRE_ERRNO_H
#define QUIRE_ERRNO_H

#ifdef __cplusplus
extern "C" {
#endif

extern int errno;

#define ENOMEM 12
#define EINVAL 22
#define EDOM 33
#define ERANGE 34

#ifdef __cplusplus
}
#endif

#endif
