/* Formats one number or text in many ways; the test knows the lines. Input: lines of "type|format|value". */
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zkvm_io.h>

#pragma clang diagnostic ignored "-Wformat-nonliteral"
#pragma clang diagnostic ignored "-Wformat-security"

static int format_line(char *text, size_t room, char type, const char *format, const char *value) {
    uint64_t number = strtoull(value, NULL, 0);
    double real;
    switch (type) {
    case 'i':
        return snprintf(text, room, format, (int)number);
    case 'l':
        return snprintf(text, room, format, number);
    case 'f':
        memcpy(&real, &number, 8);
        return snprintf(text, room, format, real);
    default:
        return snprintf(text, room, format, value);
    }
}

int main(void) {
    const uint8_t *input;
    size_t size;
    read_input(&input, &size);
    char *text = malloc(size + 1), *rest = text;
    memcpy(text, input, size);
    text[size] = 0;
    static char line[4096];
    for (char *type; (type = strtok_r(NULL, "|", &rest));) {
        char *format = strtok_r(NULL, "|", &rest);
        char *value = strtok_r(NULL, "\n", &rest);
        int length = format_line(line, sizeof line, *type, format, value);
        line[length] = '\n';
        write_output((const uint8_t *)line, (size_t)length + 1);
    }
    char few[5] = "....";
    if (snprintf(few, 4, "%s", "truncated") != 9 || strcmp(few, "tru") || snprintf(NULL, 0, "%d", 12345) != 5) {
        return __LINE__;
    }
    if (snprintf(line, sizeof line, "%*d|%-*d|%.*s|%c|%%|%5s|%s", 6, -42, 5, 7, 3, "abcdef", 'z', "ab", (char *)0) < 0 ||
        strcmp(line, "   -42|7    |abc|z|%|   ab|(null)")) {
        return __LINE__;
    }
    if (snprintf(line, sizeof line, "%p %" PRIx64 " %hhd %hd", (void *)0x1234, (uint64_t)255, 300, 70000) < 0 ||
        strcmp(line, "0x1234 ff 44 4464")) {
        return __LINE__;
    }
    return 0;
}
