/* Verification of ECDSA signatures; no rule that s is low. */
#include "ecdsa.h"

void quire_ecdsa_read_signature(signature *from, const uint8_t *bytes) {
    number_read(&from->r, bytes);
    number_read(&from->s, bytes + sizeof from->r);
}

void quire_ecdsa_read_point(finite_point *p, const uint8_t *bytes) {
    number_read(&p->x, bytes);
    number_read(&p->y, bytes + sizeof p->x);
}

bool quire_ecdsa_in_range(const curve *c, const signature *of) {
    return !number_is_zero(&of->r) && !number_is_zero(&of->s) && number_is_less(&of->r, &c->order) &&
           number_is_less(&of->s, &c->order);
}

bool quire_ecdsa_verify(const curve *c, const known_point *generator, const uint8_t *hash, const signature *of,
                        const finite_point *key) {
    multiple both[2];
    number one_over_s;
    point sum;
    if (!quire_ecdsa_in_range(c, of)) {
        return false;
    }
    number_invert(&one_over_s, &of->s, &c->order);
    both[0].known = generator;
    number_read(&both[0].scalar, hash);
    number_multiply(&both[0].scalar, &one_over_s, &c->order);
    both[1].known = 0;
    both[1].point = key;
    number_copy(&both[1].scalar, &of->r);
    number_multiply(&both[1].scalar, &one_over_s, &c->order);
    quire_curve_sum(c, &sum, both, 2);
    if (sum.is_infinite) {
        return false;
    }
    number_reduce(&sum.x, &c->order);
    return number_equal(&sum.x, &of->r);
}
