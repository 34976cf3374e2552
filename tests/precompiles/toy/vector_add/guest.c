/* vector_add in a guest: four lanes at a time by the precompile, the rest one by one. */
#include "guest.h"

void vector_add(uint64_t *total, const uint64_t *terms, size_t count) {
    size_t done = 0;
    for (; done + 4 <= count; done += 4) {
        quire_vector_add(total + done, terms + done);
    }
    for (; done < count; done++) {
        total[done] += terms[done];
    }
}
