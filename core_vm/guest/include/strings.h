#ifndef QUIRE_STRINGS_H
#define QUIRE_STRINGS_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

int strcasecmp(const char *left, const char *right);
int strncasecmp(const char *left, const char *right, size_t limit);
int bcmp(const void *left, const void *right, size_t size);

#ifdef __cplusplus
}
#endif

#endif
