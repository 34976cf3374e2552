/* ECDSA over a curve (FIPS 186-5, section 6.4) of a message's hash of 256 bits. */
#ifndef QUIRE_ECDSA_H
#define QUIRE_ECDSA_H

#include "curve.h"

typedef struct {
    number r, s;
} signature;

/* From 64 bytes each, the most significant of a number first, aligned to 8 bytes. */
void quire_ecdsa_read_signature(signature *from, const uint8_t *bytes);
void quire_ecdsa_read_point(finite_point *p, const uint8_t *bytes);

/* Whether r and s are from 1 to the order less one. */
bool quire_ecdsa_in_range(const curve *c, const signature *of);

/* Whether a signature, of any numbers, is one of this hash by this key, which is on the curve. */
bool quire_ecdsa_verify(const curve *c, const known_point *generator, const uint8_t *hash, const signature *of,
                        const finite_point *key);

#endif
