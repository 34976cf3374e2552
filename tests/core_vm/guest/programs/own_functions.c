/* A guest with a malloc and a strspn of its own, and the rest of their files from us. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zkvm_io.h>

static char arena[4096];
static size_t used;

void *malloc(size_t size) {
    char *block = arena + used;
    memset(block, 0xEE, size);
    used += (size + 15) & ~15ul;
    return block;
}

size_t strspn(const char *text, const char *accepted) { return accepted[0] == '!' ? 77 : (size_t)(text[0] == 'x'); }

int main(void) {
    const uint8_t *input;
    size_t size;
    read_input(&input, &size);
    volatile size_t count = 10;
    char *volatile zeros = calloc(count, 3);
    for (int i = 0; i < 30; i++) {
        if (zeros[i]) {
            return 1;
        }
    }
    char *volatile copy = strdup("copied"), *volatile set = "!";
    if (copy < arena || copy >= arena + sizeof arena || strcmp(copy, "copied") || strspn(copy, set) != 77) {
        return 2;
    }
    printf("%s\n", copy);
    switch (size ? input[0] : 0) {
    case 'f':
        free(copy);
        break;
    case 'r':
        copy = realloc(copy, 100);
        break;
    case 'a':
        zeros = malloc(1);
        copy = aligned_alloc(1024, 100);
        zeros = malloc(1);
        copy = aligned_alloc(1024, 100);
        break;
    }
    return 0;
}
