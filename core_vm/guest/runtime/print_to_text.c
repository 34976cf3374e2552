/* printf into memory. */
#include "runtime.h"

#include <stdio.h>
#include <string.h>

struct text_sink {
    struct sink sink;
    char *text;
    size_t room; /* bytes left, the closing zero not counted */
};

static void write_to_text(struct sink *sink, const char *text, size_t size) {
    struct text_sink *target = (struct text_sink *)sink;
    size = size < target->room ? size : target->room;
    memcpy(target->text, text, size);
    target->text += size;
    target->room -= size;
}

int vsnprintf(char *restrict text, size_t size, const char *restrict format, va_list arguments) {
    struct text_sink target = {{.write = write_to_text}, text, size ? size - 1 : 0};
    int length = quire_format(&target.sink, format, arguments);
    if (size > 0) {
        *target.text = 0;
    }
    return length;
}

int vsprintf(char *restrict text, const char *restrict format, va_list arguments) {
    return vsnprintf(text, SIZE_MAX, format, arguments);
}

int snprintf(char *restrict text, size_t size, const char *restrict format, ...) {
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(text, size, format, arguments);
    va_end(arguments);
    return length;
}

int sprintf(char *restrict text, const char *restrict format, ...) {
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(text, SIZE_MAX, format, arguments);
    va_end(arguments);
    return length;
}
