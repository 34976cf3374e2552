/* Streams to the host: stdout by lines, stderr at once. Printing never fails. */
#include "runtime.h"

#include <errno.h>
#include <quire.h>
#include <stdio.h>
#include <string.h>

struct quire_stream {
    int descriptor;
    size_t used;
    char *buffer;
};

static char output_buffer[BUFSIZ], error_buffer[BUFSIZ];
static FILE output = {1, 0, output_buffer}, errors = {2, 0, error_buffer};
FILE *const stdout = &output;
FILE *const stderr = &errors;

static void flush(FILE *stream) {
    if (stream->used > 0) {
        quire_write(stream->descriptor, stream->buffer, stream->used);
        stream->used = 0;
    }
}

static void flush_all(void) {
    flush(stdout);
    flush(stderr);
}

static void put(FILE *stream, const char *text, size_t size) {
    quire_flush_streams = flush_all;
    while (size > 0) {
        size_t part = BUFSIZ - stream->used < size ? BUFSIZ - stream->used : size;
        memcpy(stream->buffer + stream->used, text, part);
        stream->used += part;
        text += part;
        size -= part;
        if (stream->used == BUFSIZ || text[-1] == '\n') {
            flush(stream);
        }
    }
}

static void flush_errors(FILE *stream) {
    if (stream == stderr) {
        flush(stream);
    }
}

struct stream_sink {
    struct sink sink;
    FILE *stream;
};

static void write_to_stream(struct sink *sink, const char *text, size_t size) {
    put(((struct stream_sink *)sink)->stream, text, size);
}

int vfprintf(FILE *restrict stream, const char *restrict format, va_list arguments) {
    struct stream_sink sink = {{.write = write_to_stream}, stream};
    int size = quire_format(&sink.sink, format, arguments);
    flush_errors(stream);
    return size;
}

int vprintf(const char *restrict format, va_list arguments) { return vfprintf(stdout, format, arguments); }

int fprintf(FILE *restrict stream, const char *restrict format, ...) {
    va_list arguments;
    va_start(arguments, format);
    int size = vfprintf(stream, format, arguments);
    va_end(arguments);
    return size;
}

int printf(const char *restrict format, ...) {
    va_list arguments;
    va_start(arguments, format);
    int size = vfprintf(stdout, format, arguments);
    va_end(arguments);
    return size;
}

size_t fwrite(const void *restrict data, size_t size, size_t count, FILE *restrict stream) {
    size_t total;
    if (size == 0 || __builtin_mul_overflow(size, count, &total)) {
        return 0; /* nothing to write, or more than any memory holds */
    }
    put(stream, data, total);
    flush_errors(stream);
    return count;
}

int fputs(const char *restrict text, FILE *restrict stream) {
    fwrite(text, 1, strlen(text), stream);
    return 0;
}

int fputc(int character, FILE *stream) {
    char byte = (char)character;
    fwrite(&byte, 1, 1, stream);
    return (unsigned char)byte;
}

int puts(const char *text) {
    put(stdout, text, strlen(text));
    put(stdout, "\n", 1);
    return 0;
}

int putc(int character, FILE *stream) { return fputc(character, stream); }
int putchar(int character) { return fputc(character, stdout); }

int fflush(FILE *stream) {
    if (stream) {
        flush(stream);
    } else {
        flush_all();
    }
    return 0;
}

void perror(const char *text) { fprintf(stderr, "%s: %s\n", text, strerror(errno)); }

void quire_assertion_failed(const char *condition, const char *file, int line, const char *function) {
    fprintf(stderr, "%s:%d: %s: assertion failed: %s\n", file, line, function, condition);
    quire_fail("");
}
