/* The group of a curve: the calls of the precompile, which take finite points of different x, and the cases around them.
 *
 * Coordinates are reduced: those that come from outside are looked at (`quire_curve_has`), the calls' results are. So two
 * points of the curve have one x only if they are equal or opposite. */
#include "curve.h"

bool quire_curve_has(const curve *c, const finite_point *p) {
    number left, right;
    if (!number_is_less(&p->x, &c->prime) || !number_is_less(&p->y, &c->prime)) {
        return false;
    }
    number_copy(&left, &p->y);
    number_multiply(&left, &p->y, &c->prime);
    number_copy(&right, &p->x);
    number_multiply(&right, &p->x, &c->prime);
    number_add(&right, &c->a, &c->prime);
    number_multiply(&right, &p->x, &c->prime);
    number_add(&right, &c->b, &c->prime);
    return number_equal(&left, &right);
}

void quire_group_add(const curve *c, point *p, const finite_point *q) {
    if (p->is_infinite) {
        *p = (point){q->x, q->y, false};
    } else if (!number_equal(&p->x, &q->x)) {
        quire_curve_add(c->call, p->x.dwords, q->x.dwords);
    } else if (number_equal(&p->y, &q->y)) {
        quire_group_double(c, p);
    } else {
        p->is_infinite = true;
    }
}
