/* malloc: boundary tags, coalescing on free, segregated free lists.
 *
 * A chunk is a header dword (size and two flags) and its payload; sizes are multiples of 16 and payloads are aligned
 * to 16. A free chunk repeats its size in its last dword, so that the chunk above finds its start, and holds the links
 * of its list. Two free chunks never touch. Above the last chunk lies the top: memory never cut into chunks, or merged
 * back into the top. Lists: one for each size below 1024, one for each power of two from there on.
 */
#include "runtime.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define IN_USE 1ul       /* this chunk belongs to the guest */
#define BELOW_IN_USE 2ul /* so does the one below; else its size is in the dword before our header */
#define FLAGS 15ul
#define GRAIN 16ul
#define SMALLEST 32ul /* header, two links, size */
#define NUM_EXACT 64
#define NUM_LISTS 96

struct chunk {
    size_t header;
    struct chunk *next, *previous; /* of its free list; payload while in use */
};

/* The heap: from the end of the image to the guard below the stack's share. A constant and no linker symbol (link.ld's
 * _heap_end): it lies out of reach of a pc-relative address. */
extern char _heap_start[];
#define HEAP_END ((char *)0xA0000000ul)

/* A guest may bring its own malloc and free, and leave the rest to us: calls of these two are never inlined. */
#define WEAK __attribute__((weak))

static struct chunk *lists[NUM_LISTS];
static uint64_t occupied[2]; /* bit i: lists[i] is not empty */
static char *top;            /* where the next chunk's header will stand */
static char *highest;        /* memory from here on was never handed out, so it is still zero */

static inline size_t size_of(const struct chunk *chunk) { return chunk->header & ~FLAGS; }
static inline struct chunk *above(struct chunk *chunk) { return (struct chunk *)((char *)chunk + size_of(chunk)); }
static inline void *payload_of(struct chunk *chunk) { return (char *)chunk + 8; }
static inline struct chunk *chunk_of(void *payload) { return (struct chunk *)((char *)payload - 8); }

static inline size_t list_of(size_t size) {
    if (size < NUM_EXACT * GRAIN) {
        return size / GRAIN;
    }
    size_t index = NUM_EXACT;
    for (size >>= 11; size; size >>= 1) { /* sizes from 2^10 to 2^11 - 1 make the first of these lists */
        index++;
    }
    return index;
}

static void insert(struct chunk *chunk, size_t size) {
    size_t index = list_of(size);
    chunk->header = size | BELOW_IN_USE;
    *(size_t *)((char *)chunk + size - 8) = size;
    chunk->previous = NULL;
    chunk->next = lists[index];
    if (chunk->next) {
        chunk->next->previous = chunk;
    }
    lists[index] = chunk;
    occupied[index / 64] |= 1ul << index % 64;
}

static void unlink_chunk(struct chunk *chunk) {
    size_t index = list_of(size_of(chunk));
    if (chunk->next) {
        chunk->next->previous = chunk->previous;
    }
    if (chunk->previous) {
        chunk->previous->next = chunk->next;
        return;
    }
    lists[index] = chunk->next;
    if (!chunk->next) {
        occupied[index / 64] &= ~(1ul << index % 64);
    }
}

/* The first list from `index` on that has a chunk, or NUM_LISTS. */
static size_t next_occupied(size_t index) {
    for (; index < NUM_LISTS; index = (index | 63) + 1) {
        uint64_t mask = occupied[index / 64] >> index % 64;
        if (mask) {
            return index + __builtin_ctzl(mask);
        }
    }
    return NUM_LISTS;
}

static struct chunk *find_free(size_t size) {
    size_t index = list_of(size);
    if (index >= NUM_EXACT) { /* the list of its own size also holds smaller chunks: first fit */
        for (struct chunk *chunk = lists[index]; chunk; chunk = chunk->next) {
            if (size_of(chunk) >= size) {
                return chunk;
            }
        }
        index++;
    }
    index = next_occupied(index);
    return index < NUM_LISTS ? lists[index] : NULL;
}

/* Gives the end of an allocated chunk back, where it is worth a chunk of its own. */
static void trim(struct chunk *chunk, size_t size) {
    size_t spare = size_of(chunk) - size;
    if (spare < SMALLEST) {
        return;
    }
    chunk->header -= spare;
    struct chunk *rest = above(chunk);
    rest->header = spare | IN_USE | BELOW_IN_USE;
    free(payload_of(rest));
}

static struct chunk *cut_from_top(size_t size) {
    if (!top) { /* payloads are aligned to 16, so headers lie 8 bytes before such an address */
        top = highest = (char *)(((uintptr_t)_heap_start + 23) & ~15ul) - 8;
    }
    if ((size_t)(HEAP_END - 16 - top) < size) {
        errno = ENOMEM;
        return NULL;
    }
    struct chunk *chunk = (struct chunk *)top;
    chunk->header = size | IN_USE | BELOW_IN_USE; /* a free chunk below the top would have been merged into it */
    top += size;
    if (top > highest) {
        highest = top;
    }
    return chunk;
}

/* The size of a chunk for this payload, or 0 (with errno) where no heap could hold it. */
static size_t chunk_size(size_t payload) {
    if (payload > (size_t)(HEAP_END - _heap_start)) {
        errno = ENOMEM;
        return 0;
    }
    size_t size = (payload + 8 + GRAIN - 1) & ~(GRAIN - 1);
    return size < SMALLEST ? SMALLEST : size;
}

/* The chunk of a block that the guest hands back. A guest's own malloc may have made it, or nobody: such a block must
 * not get into the lists. */
static struct chunk *owned_chunk(void *block, const char *complaint) {
    struct chunk *chunk = chunk_of(block);
    if ((uintptr_t)block % GRAIN || (char *)block < _heap_start || (char *)chunk >= top || !(chunk->header & IN_USE)) {
        quire_fail(complaint);
    }
    return chunk;
}

WEAK void *malloc(size_t payload) {
    size_t size = chunk_size(payload);
    if (!size) {
        return NULL;
    }
    struct chunk *chunk = find_free(size);
    if (!chunk) {
        chunk = cut_from_top(size);
        return chunk ? payload_of(chunk) : NULL;
    }
    unlink_chunk(chunk);
    chunk->header |= IN_USE;
    above(chunk)->header |= BELOW_IN_USE; /* there is one: a free chunk never touches the top */
    trim(chunk, size);
    return payload_of(chunk);
}

WEAK void free(void *block) {
    if (!block) {
        return;
    }
    struct chunk *chunk = owned_chunk(block, "free: not an allocated block, or freed twice\n");
    size_t size = size_of(chunk);
    struct chunk *next = above(chunk);
    chunk->header &= ~IN_USE;
    if (!(chunk->header & BELOW_IN_USE)) {
        size_t below_size = *(size_t *)((char *)chunk - 8);
        chunk = (struct chunk *)((char *)chunk - below_size);
        unlink_chunk(chunk);
        size += below_size;
    }
    if ((char *)next == top) {
        top = (char *)chunk;
        return;
    }
    if (!(next->header & IN_USE)) {
        unlink_chunk(next);
        size += size_of(next);
        next = above(next);
    }
    next->header &= ~BELOW_IN_USE; /* never the top: a free chunk does not touch it */
    insert(chunk, size);
}

void *calloc(size_t count, size_t size) {
    size_t total;
    if (__builtin_mul_overflow(count, size, &total)) {
        errno = ENOMEM;
        return NULL;
    }
    char *fresh = highest;
    char *block = malloc(total);
    if (block >= fresh && block < highest) {
        return block; /* the machine's memory begins as zeros */
    }
    return block ? memset(block, 0, total) : NULL;
}

/* Takes the top or a free chunk above into an allocated chunk, where that makes it large enough. */
static void grow_in_place(struct chunk *chunk, size_t size) {
    struct chunk *next = above(chunk);
    size_t missing = size - size_of(chunk);
    if ((char *)next == top) {
        if (cut_from_top(missing)) {
            chunk->header += missing;
        }
    } else if (!(next->header & IN_USE) && size_of(next) >= missing) {
        unlink_chunk(next);
        chunk->header += size_of(next);
        above(chunk)->header |= BELOW_IN_USE;
    }
}

void *realloc(void *block, size_t payload) {
    if (!block) {
        return malloc(payload);
    }
    struct chunk *chunk = owned_chunk(block, "realloc: not an allocated block\n");
    size_t size = chunk_size(payload);
    if (!size) {
        return NULL;
    }
    if (size_of(chunk) < size) {
        grow_in_place(chunk, size);
    }
    if (size_of(chunk) >= size) {
        trim(chunk, size);
        return block;
    }
    void *moved = malloc(payload);
    if (moved) {
        memcpy(moved, block, size_of(chunk) - 8);
        free(block);
    }
    return moved;
}

/* Allocates with room to move up to an aligned address, and frees what lies below it. */
void *aligned_alloc(size_t alignment, size_t size) {
    if (!alignment || alignment & (alignment - 1)) {
        errno = EINVAL;
        return NULL;
    }
    if (alignment <= GRAIN) {
        return malloc(size);
    }
    if (!chunk_size(size) || !chunk_size(alignment)) {
        return NULL;
    }
    char *block = malloc(size + alignment + SMALLEST);
    if (!block || ((uintptr_t)block & (alignment - 1)) == 0) {
        return block;
    }
    owned_chunk(block, "aligned_alloc: the program has a malloc of its own, and no aligned_alloc\n");
    char *aligned = (char *)(((uintptr_t)block + SMALLEST + alignment - 1) & ~(alignment - 1));
    struct chunk *low = chunk_of(block), *high = chunk_of(aligned);
    high->header = (size_of(low) - (size_t)(aligned - block)) | IN_USE | BELOW_IN_USE;
    low->header = (size_t)(aligned - block) | (low->header & FLAGS);
    free(block);
    return aligned;
}
