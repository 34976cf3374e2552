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

void quire_ecdsa_combine(const curve *c, point *sum, const multiple *of_generator, const number *factor, const finite_point *q) {
    multiple both[2] = {*of_generator, {.scalar = *factor, .points = q}};
    quire_curve_sum(c, sum, both, 2);
}

bool quire_ecdsa_verify(const curve *c, const multiple *generator, const uint8_t *hash, const signature *of,
                        const finite_point *key) {
    multiple of_generator = *generator;
    number one_over_s, factor;
    point sum;
    if (!quire_ecdsa_in_range(c, of)) {
        return false;
    }
    number_copy(&one_over_s, &of->s);
    number_invert(&one_over_s, &c->order);
    number_read(&of_generator.scalar, hash);
    number_multiply(&of_generator.scalar, &one_over_s, &c->order);
    number_copy(&factor, &of->r);
    number_multiply(&factor, &one_over_s, &c->order);
    quire_ecdsa_combine(c, &sum, &of_generator, &factor, key);
    if (sum.is_infinite) {
        return false;
    }
    number_reduce(&sum.x, &c->order);
    return number_equal(&sum.x, &of->r);
}
