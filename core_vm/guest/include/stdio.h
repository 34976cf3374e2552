/* Printing to the host. What a guest prints is for the person who runs it and no part of the proof:
 * results belong in write_output (zkvm_io.h). There are no files and there is no standard input. */
#ifndef QUIRE_STDIO_H
#define QUIRE_STDIO_H

#include <stdarg.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

#define EOF (-1)
#define BUFSIZ 1024

typedef struct quire_stream FILE;
extern FILE *const stdout; /* flushed at each line's end, when full, and by exit */
extern FILE *const stderr; /* flushed after each call */

#define QUIRE_FORMAT(text, first) __attribute__((format(printf, text, first)))

int printf(const char *restrict format, ...) QUIRE_FORMAT(1, 2);
int fprintf(FILE *restrict stream, const char *restrict format, ...) QUIRE_FORMAT(2, 3);
int sprintf(char *restrict text, const char *restrict format, ...) QUIRE_FORMAT(2, 3);
int snprintf(char *restrict text, size_t size, const char *restrict format, ...) QUIRE_FORMAT(3, 4);
int vprintf(const char *restrict format, va_list arguments) QUIRE_FORMAT(1, 0);
int vfprintf(FILE *restrict stream, const char *restrict format, va_list arguments) QUIRE_FORMAT(2, 0);
int vsprintf(char *restrict text, const char *restrict format, va_list arguments) QUIRE_FORMAT(2, 0);
int vsnprintf(char *restrict text, size_t size, const char *restrict format, va_list arguments) QUIRE_FORMAT(3, 0);

int putchar(int character);
int puts(const char *text);
int fputc(int character, FILE *stream);
int putc(int character, FILE *stream);
int fputs(const char *restrict text, FILE *restrict stream);
size_t fwrite(const void *restrict data, size_t size, size_t count, FILE *restrict stream);
int fflush(FILE *stream);
void perror(const char *text);

#ifdef __cplusplus
}
#endif

#endif
