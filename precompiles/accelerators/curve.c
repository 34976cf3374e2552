/* The group of a curve, in affine coordinates: a division is one call more than a product, so nothing is gained by
 * coordinates that put it off. Whatever the points are, each case is looked at. */
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

/* x <- x / y; false, and x as it was, for y = 0. */
static bool divide(number *x, number *y, const number *m) {
    number_invert(y, m);
    if (number_is_zero(y)) {
        return false;
    }
    number_multiply(x, y, m);
    return true;
}

/* p <- -(the third point of the line through p with this slope), the second one's x given, which may be that of p. */
static void follow(const curve *c, point *p, const number *slope, const number *second_x) {
    number x;
    number_copy(&x, slope);
    number_multiply(&x, slope, &c->prime);
    number_subtract(&x, &p->x, &c->prime);
    number_subtract(&x, second_x, &c->prime);
    number_subtract(&p->x, &x, &c->prime);
    number_multiply(&p->x, slope, &c->prime);
    number_subtract(&p->x, &p->y, &c->prime);
    number_copy(&p->y, &p->x);
    number_copy(&p->x, &x);
}

void quire_curve_double(const curve *c, point *p) {
    number slope, run;
    if (p->is_infinite) {
        return;
    }
    number_copy(&slope, &p->x); /* (3 x^2 + a) / 2 over y */
    number_multiply(&slope, &p->x, &c->prime);
    number_multiply(&slope, &c->three_halves, &c->prime);
    if (c->has_a) {
        number_add(&slope, &c->a_halves, &c->prime);
    }
    number_copy(&run, &p->y);
    if (!divide(&slope, &run, &c->prime)) { /* of order two */
        p->is_infinite = true;
        return;
    }
    follow(c, p, &slope, &p->x);
}

void quire_curve_add(const curve *c, point *p, const finite_point *q, bool negative) {
    number slope, run;
    if (p->is_infinite) {
        number_copy(&p->x, &q->x);
        number_copy(&p->y, &q->y);
        p->is_infinite = false;
        if (negative) {
            number_negate(&p->y, &c->prime);
        }
        return;
    }
    number_copy(&slope, &q->y); /* (q_y - p_y) / (q_x - p_x), or (q_y + p_y) / (p_x - q_x) */
    if (negative) {
        number_add(&slope, &p->y, &c->prime);
        number_copy(&run, &p->x);
        number_subtract(&run, &q->x, &c->prime);
    } else {
        number_subtract(&slope, &p->y, &c->prime);
        number_copy(&run, &q->x);
        number_subtract(&run, &p->x, &c->prime);
    }
    if (divide(&slope, &run, &c->prime)) {
        follow(c, p, &slope, &q->x);
    } else if (number_is_zero(&slope)) {
        quire_curve_double(c, p);
    } else {
        p->is_infinite = true;
    }
}
