/* Counts the words of a text and writes the most frequent ones: a hash table that grows, strings, qsort, printf. */
#include <assert.h>
#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zkvm_io.h>

#define NUM_SHOWN 10

struct word {
    char *text;
    uint64_t count;
};

struct table {
    struct word *words;
    size_t capacity, used;
};

static uint64_t hash(const char *text, size_t length) { /* FNV-1a */
    uint64_t value = 0xcbf29ce484222325u;
    for (size_t i = 0; i < length; i++) {
        value = (value ^ (unsigned char)text[i]) * 0x100000001b3u;
    }
    return value;
}

static struct word *find(const struct table *table, const char *text, size_t length) {
    size_t slot = hash(text, length) % table->capacity;
    while (table->words[slot].text &&
           (strncmp(table->words[slot].text, text, length) || table->words[slot].text[length])) {
        slot = slot + 1 < table->capacity ? slot + 1 : 0;
    }
    return &table->words[slot];
}

static void grow(struct table *table) {
    struct table larger = {.capacity = table->capacity ? 2 * table->capacity : 16, .used = table->used};
    larger.words = calloc(larger.capacity, sizeof *larger.words);
    assert(larger.words);
    for (size_t i = 0; i < table->capacity; i++) {
        if (table->words[i].text) {
            *find(&larger, table->words[i].text, strlen(table->words[i].text)) = table->words[i];
        }
    }
    free(table->words);
    *table = larger;
}

static void count_word(struct table *table, const char *text, size_t length) {
    if (2 * table->used >= table->capacity) {
        grow(table);
    }
    struct word *word = find(table, text, length);
    if (!word->text) {
        word->text = strndup(text, length);
        assert(word->text); /* address 0 can be read: without this, a full heap would be a wrong count */
        table->used++;
    }
    word->count++;
}

/* Empty slots last, frequent words first, equally frequent ones by the alphabet. */
static int by_frequency(const void *left, const void *right) {
    const struct word *a = left, *b = right;
    if (a->count != b->count) {
        return a->count < b->count ? 1 : -1;
    }
    return a->text && b->text ? strcmp(a->text, b->text) : 0;
}

int main(void) {
    const uint8_t *input;
    size_t size;
    read_input(&input, &size);
    char *text = malloc(size + 1);
    assert(text);
    uint64_t num_words = 0, num_lines = 0;
    for (size_t i = 0; i < size; i++) {
        text[i] = (char)tolower(input[i]);
        num_lines += input[i] == '\n';
    }
    text[size] = 0;

    struct table table = {0};
    for (char *at = text; *at;) {
        char *start = at;
        while (isalpha((unsigned char)*at)) {
            at++;
        }
        if (at > start) {
            count_word(&table, start, (size_t)(at - start));
            num_words++;
        } else {
            at++;
        }
    }
    qsort(table.words, table.capacity, sizeof *table.words, by_frequency);

    char line[160];
    int length = snprintf(line, sizeof line, "%zu bytes, %lu lines, %lu words, %zu different\n", size, num_lines,
                          num_words, table.used);
    write_output((const uint8_t *)line, (size_t)length);
    for (size_t i = 0; i < NUM_SHOWN && i < table.used; i++) {
        length = snprintf(line, sizeof line, "%6lu %5.1f%% %.100s\n", table.words[i].count,
                          100.0 * (double)table.words[i].count / (double)num_words, table.words[i].text);
        write_output((const uint8_t *)line, (size_t)length);
    }
    printf("counted %lu words\n", num_words);
    return EXIT_SUCCESS;
}
