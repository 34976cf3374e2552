/* string.h, ctype.h and the number parsers. Exit code: the failing line. */
#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define CHECK(condition)                                                                                               \
    if (!(condition)) {                                                                                                \
        return __LINE__;                                                                                               \
    }

static char *volatile opaque; /* keeps the compiler from computing the calls itself */

static char *hide(const char *text) {
    opaque = (char *)text;
    return opaque;
}

static int check_strings(void) {
    char buffer[40] = "";
    for (int offset = 0; offset < 9; offset++) {
        for (int length = 0; length < 30; length++) {
            memset(buffer, 'x', sizeof buffer);
            buffer[offset + length] = 0;
            CHECK(strlen(hide(buffer + offset)) == (size_t)length);
        }
    }
    CHECK(strcmp(hide("abcdefghij"), hide("abcdefghik")) < 0 && strcmp(hide("abc"), hide("abc")) == 0);
    CHECK(strcmp(hide("\xff"), hide("a")) > 0 && strcmp(hide("ab"), hide("abc")) < 0);
    CHECK(strncmp(hide("abcd"), hide("abxx"), 2) == 0 && strncmp(hide("abcd"), hide("abxx"), 3) < 0);
    CHECK(strcasecmp(hide("Quire"), hide("qUIRE")) == 0 && strncasecmp(hide("Quilt"), hide("QUIRE"), 3) == 0);
    CHECK(strcmp(strcpy(buffer, hide("one")), "one") == 0 && strcmp(strcat(buffer, hide(" two")), "one two") == 0);
    CHECK(strcmp(strncat(buffer, hide(" three"), 3), "one two th") == 0);
    CHECK(strncpy(buffer, hide("ab"), 5) == buffer && memcmp(buffer, "ab\0\0\0wo", 7) == 0);
    CHECK(stpcpy(buffer, hide("four")) == buffer + 4);
    char *text = hide("quire inquires");
    CHECK(strchr(text, 'r') == text + 3 && strrchr(text, 'r') == text + 11 && strchr(text, 0) == text + 14);
    CHECK(strchr(text, 'z') == NULL && strrchr(text, 'z') == NULL);
    CHECK(strstr(text, "quires") == text + 8 && strstr(text, "") == text && strstr(text, "quiet") == NULL);
    CHECK(strspn(text, "iuq") == 3 && strcspn(text, " ") == 5 && strpbrk(text, "xs ") == text + 5);
    CHECK(strpbrk(text, "xyz") == NULL && strnlen(text, 3) == 3 && strnlen(text, 99) == 14);
    char list[] = "  a, bc ,,d";
    CHECK(strcmp(strtok(list, " ,"), "a") == 0 && strcmp(strtok(NULL, " ,"), "bc") == 0);
    CHECK(strcmp(strtok(NULL, " ,"), "d") == 0 && strtok(NULL, " ,") == NULL);
    CHECK(strcmp(strdup(text), text) == 0 && strcmp(strndup(text, 5), "quire") == 0);
    CHECK(strcmp(strerror(ENOMEM), "out of memory") == 0);
    return 0;
}

static int check_numbers(void) {
    char *end, *text = hide("  -0x1fz");
    CHECK(strtol(text, &end, 0) == -31 && end == text + 7);
    CHECK(strtol(hide("077"), NULL, 0) == 63 && strtol(hide("0x"), &end, 16) == 0 && *end == 'x');
    CHECK(strtoul(hide("zz"), NULL, 36) == 35 * 36 + 35 && strtoul(hide("-1"), NULL, 10) == ULONG_MAX);
    CHECK(strtol(hide("-9223372036854775808"), NULL, 10) == LONG_MIN && errno == 0);
    CHECK(strtol(hide("9223372036854775808"), NULL, 10) == LONG_MAX && errno == ERANGE);
    errno = 0;
    CHECK(strtoull(hide("18446744073709551615"), NULL, 10) == ULONG_MAX && errno == 0);
    CHECK(strtoull(hide("18446744073709551616"), NULL, 10) == ULONG_MAX && errno == ERANGE);
    text = hide("none");
    CHECK(strtol(text, &end, 10) == 0 && end == text);
    CHECK(atoi(hide(" 42abc")) == 42 && atol(hide("-7")) == -7 && abs(-5) == 5 && labs(-5) == 5);
    CHECK(div(-7, 2).quot == -3 && div(-7, 2).rem == -1);
    return 0;
}

static int check_classes(void) {
    for (int c = 0; c < 128; c++) {
        int upper = c >= 'A' && c <= 'Z', lower = c >= 'a' && c <= 'z', digit = c >= '0' && c <= '9';
        CHECK(!!isupper(c) == upper && !!islower(c) == lower && !!isdigit(c) == digit);
        CHECK(!!isalpha(c) == (upper || lower) && !!isalnum(c) == (upper || lower || digit));
        CHECK(!!isspace(c) == (c == ' ' || (c >= 9 && c <= 13)) && !!iscntrl(c) == (c < 32 || c == 127));
        CHECK(!!isprint(c) == (c >= 32 && c < 127) && !!ispunct(c) == (c > 32 && c < 127 && !isalnum(c)));
        CHECK(toupper(c) == (lower ? c - 32 : c) && tolower(c) == (upper ? c + 32 : c));
        CHECK(!!isxdigit(c) == (digit || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F')));
    }
    return 0;
}

int main(void) {
    int line = check_strings();
    line = line ? line : check_numbers();
    return line ? line : check_classes();
}
