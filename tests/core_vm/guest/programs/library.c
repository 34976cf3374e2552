/* Corners of the C library. Exit code: the failing line. */
#include <errno.h>
#include <limits.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#pragma clang diagnostic ignored "-Wnon-power-of-two-alignment"
#pragma clang diagnostic ignored "-Wbuiltin-assume-aligned-alignment"
#pragma clang diagnostic ignored "-Wformat"
#pragma clang diagnostic ignored "-Wformat-security"
#pragma clang diagnostic ignored "-Wformat-nonliteral"

#define CHECK(condition)                                                                                               \
    if (!(condition)) {                                                                                                \
        return __LINE__;                                                                                               \
    }
#define PRINTS(expected, ...)                                                                                          \
    CHECK(snprintf(text, sizeof text, __VA_ARGS__) == (int)strlen(expected) && strcmp(text, expected) == 0)

static char text[8192];
static volatile size_t zero, one = 1, huge = SIZE_MAX; /* unknown to the compiler */

static int check_numbers(void) {
    char *end, *digits = "12";
    static const int impossible[] = {1, 37, -1, INT_MIN, INT_MAX};
    for (int i = 0; i < 5; i++) {
        errno = 0;
        end = NULL;
        CHECK(strtol(digits, &end, impossible[i]) == 0 && errno == EINVAL && end == digits);
        errno = 0;
        CHECK(strtoull(digits, NULL, impossible[i]) == 0 && errno == EINVAL);
    }
    errno = 0;
    CHECK(strtol("zZ9", &end, 36) == (35 * 36 + 35) * 36 + 9 && !*end && strtol("1012", &end, 2) == 5 && *end == '2');
    CHECK(strtol("0x", &end, 0) == 0 && *end == 'x' && strtol("0xg", &end, 16) == 0 && *end == 'x');
    CHECK(strtol("08", &end, 0) == 0 && *end == '8' && strtol("0X1F", &end, 0) == 31 && !*end);
    digits = " \t+";
    CHECK(strtol(digits, &end, 10) == 0 && end == digits && strtol("-", &end, 10) == 0 && errno == 0);
    digits = "+-1";
    CHECK(strtol(digits, &end, 10) == 0 && end == digits);
    CHECK(strtoul("-18446744073709551615", &end, 10) == 1 && !*end && errno == 0);
    CHECK(strtoul("-18446744073709551616x", &end, 10) == ULONG_MAX && *end == 'x' && errno == ERANGE);
    errno = 0;
    CHECK(strtol("-9223372036854775809", &end, 10) == LONG_MIN && !*end && errno == ERANGE);
    return 0;
}

static int check_streams(void) {
    CHECK(fwrite("abc", zero, 5, stdout) == 0 && fwrite("abc", 5, zero, stdout) == 0);
    CHECK(fwrite("abc", huge / 2, 3, stdout) == 0); /* such an object cannot be */
    CHECK(fwrite("abc\n", 2, 2, stdout) == 2 && fputc(0x141, stdout) == 0x41 && puts("") >= 0);
    CHECK(fflush(NULL) == 0);
    return 0;
}

static int check_formats(void) {
    long double third = 1.0L / 3, tiny = 0x1p-16494L, large = 0x1.ffffffffffffffffffffffffffffp16383L;
    PRINTS("0.33333333333333333333333333333333331728 7", "%.38Lf %d", third, 7);
    PRINTS("-2.50|  +2.5e+00|1.25 9", "%.2Lf|%+10.1Le|%Lg %d", -2.5L, 2.5L, 1.25L, 9);
    PRINTS("inf NAN -0.0", "%Lf %LF %.1Lf", (long double)__builtin_inf(), (long double)__builtin_nan(""), -0.0L);
    PRINTS("6.4751751194380251109244389582276465525e-4966", "%.37Le", tiny);
    PRINTS("1.1897314953572317650857593266280070162e+4932", "%.37Le", large);
    CHECK(snprintf(text, sizeof text, "%Lf", large) == 4933 + 7 && !strcmp(text + 4933, ".000000"));
    PRINTS("0x1p-1 0x1.8p+0 -0x1.999999999999ap-4 5", "%a %a %a %d", 0.5, 1.5, -0.1, 5);
    PRINTS("0X1.FFFFFFFFFFFFFP+1023", "%A", 0x1.fffffffffffffp1023);
    PRINTS("0x0p+0 0x0.000p+0 -0x0p+0", "%a %.3a %a", 0.0, 0.0, -0.0);
    PRINTS("0x1.5555555555555555555555555555p-2 3", "%La %d", third, 3);
    PRINTS("0x1.8p+0|  0x1.800p+1|0x0001p+0", "%.1a|%12.3a|%09.0a", 1.53, 3.0, 1.0);
    PRINTS("0x1.p+0|0x1p+0  |inf", "%#.0a|%-8.0a|%a", 1.0, 1.0, __builtin_inf());
    PRINTS("0x1.0p+0 0x1.2p+0 0x2p+0 0x0.0000000000001p-1022", "%.1a %.1a %.0a %a", 0x1.08p0, 0x1.18p0, 1.5, 0x1p-1074);
    CHECK(snprintf(text, sizeof text, "%.1500f", 0.1) == 1502 && text[1501] == '0' && strlen(text) == 1502);
    CHECK(!strncmp(text, "0.1000000000000000055511151231257827021181583404541015625000", 59));
    CHECK(snprintf(text, sizeof text, "%.2000e", 1e300) == 2002 + 5 && !strcmp(text + 2002, "e+300"));
    PRINTS("[]", "[%.0d]", 0);
    PRINTS("[+] [ ] [  ] [0] []", "[%+.0d] [% .0d] [%2.0x] [%#.0o] [%#.0x]", 0, 0, 0, 0, 0);
    PRINTS("-128 255 -32768 65535 1 0", "%hhd %hhu %hd %hu %hhd %hhu", 128, -1, 32768, -1, 257, 256);
    PRINTS("-1 18446744073709551615", "%jd %zu", (intmax_t)-1, huge);
    PRINTS("(null)|", "%s|", (char *)NULL);
    PRINTS("   ab|ab   |a", "%5s|%-5s|%.1s", "ab", "ab", "ab");
    PRINTS("00042|42   |+42|0x2a|0X2A|052", "%05d|%-05d|%+d|%#x|%#X|%#o", 42, 42, 42, 42, 42, 42);
    PRINTS("42   |3.142", "%*d|%.*f", -5, 42, 3, 3.14159);
    PRINTS("3.141590", "%.*f", -1, 3.14159); /* a negative precision is none */
    PRINTS("%", "%%");
    PRINTS("%k 5", "%k %d", 5); /* unknown: shown as it stands, and takes no argument */
    return 0;
}

static int check_format_limits(void) {
    int written = -1;
    signed char few = -1;
    long many = -1;
    PRINTS("abcdef", "abc%ndef%hhn%ln", &written, &few, &many);
    CHECK(written == 3 && few == 6 && many == 6);
    errno = 0;
    CHECK(snprintf(text, 10, "%*d", INT_MIN, 1) == -1 && errno == EOVERFLOW);
    CHECK(snprintf(text, 10, "%2147483648d", 1) == -1 && snprintf(text, 10, "%.99999999999f", 1.0) == -1);
    CHECK(snprintf(text, 10, "ab%2147483646d", 1) == -1 && !strcmp(text, "ab"));
    memset(text, 'x', sizeof text);
    CHECK(snprintf(text, 0, "%d", 12345) == 5 && text[0] == 'x' && snprintf(text, 1, "%d", 1) == 1 && !text[0]);
    PRINTS("a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80|", "%ls|", L"a\u00e9\u20ac\U0001F600");
    PRINTS("  a\xc3\xa9|a  |\xe2\x82\xac", "%5.4ls|%-3.2ls|%lc", L"a\u00e9\u20ac", L"a\u00e9", L'\u20ac');
    return 0;
}

static int check_memory(void) {
    errno = 0;
    void *volatile block = aligned_alloc(3, 10);
    CHECK(!block && errno == EINVAL);
    block = aligned_alloc(zero, 10);
    CHECK(!block);
    block = aligned_alloc(1ul << 40, 10);
    CHECK(!block && errno == ENOMEM);
    block = calloc(huge / 8 + 2, 8); /* 8 if the product wrapped */
    CHECK(!block);
    char *volatile kept = malloc(100);
    memcpy(kept, "kept", 5);
    errno = 0;
    block = realloc(kept, huge - 7);
    CHECK(!block && errno == ENOMEM && !strcmp(kept, "kept"));
    block = realloc(kept, huge / 2);
    CHECK(!block);
    char *volatile none = malloc(zero), *volatile empty = calloc(zero, huge);
    CHECK(none && empty && none != empty);
    free(none);
    free(empty);
    free(NULL);
    block = realloc(kept, zero); /* a block of no size, as free is another name */
    CHECK(block);
    free(block);
    return 0;
}

static int check_strings(void) {
    char *rest = NULL, buffer[8] = "abcdefg";
    CHECK(strtok_r(NULL, " ", &rest) == NULL);
    CHECK(strncpy(buffer, "xy", 2) == buffer && !strcmp(buffer, "xycdefg"));
    CHECK(strncmp("a", "b", zero) == 0 && memcmp("a", "b", zero) == 0 && memchr("a", 'a', zero) == NULL);
    char *volatile letters = "abc";
    CHECK(strchr(letters, 'b' + 256) == letters + 1 && memchr(letters, 'b' + 256, 3) == letters + 1);
    CHECK(strncat(buffer, "z", zero) == buffer && strrchr(letters, 0x162) == letters + 1);
    CHECK(strstr("aab", "ab") && !strstr("", "a") && !strcmp(strerror(EOVERFLOW), "value too large"));
    return 0;
}

int main(void) {
    int (*const checks[])(void) = {check_numbers, check_streams, check_formats,
                                   check_format_limits, check_memory, check_strings};
    for (size_t i = 0; i < sizeof checks / sizeof checks[0]; i++) {
        int line = checks[i]();
        if (line) {
            return line;
        }
    }
    return one != 1;
}
