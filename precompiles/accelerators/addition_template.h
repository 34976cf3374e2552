/* Sums of points of a curve of odd order, over curve_template.h: one call each.
 *
 * A template like that one: GROUP(call_add)(p, q) and GROUP(call_double)(p) are the calls, for finite points; the first one's
 * have different x. */

/* The order of the curve is odd: no y is 0. */
static void GROUP(double)(GROUP(point) *p) {
    if (!p->is_infinite) {
        GROUP(call_double)(p);
    }
}

/* p <- p + q, which may be equal, opposite, infinite, or one object. Coordinates are reduced: so two points of the curve have
 * one x only if they are equal or opposite. */
static __attribute__((noinline)) void GROUP(add_of_any)(GROUP(point) *p, const GROUP(point) *q) {
    if (q->is_infinite) {
        return;
    }
    if (p->is_infinite) {
        GROUP(copy)(p, q);
    } else if (!COORDINATE(equal)(&p->x, &q->x)) {
        GROUP(call_add)(p, q);
    } else if (COORDINATE(equal)(&p->y, &q->y)) {
        GROUP(double)(p);
    } else {
        p->is_infinite = true;
    }
}

/* The same: most are finite, and have x that differ in their first dwords, to see which takes the fewest instructions, and no
 * room on the stack. */
static void GROUP(add)(GROUP(point) *p, const GROUP(point) *q) {
    if (!p->is_infinite && !q->is_infinite && *(const uint64_t *)&p->x != *(const uint64_t *)&q->x) {
        GROUP(call_add)(p, q);
    } else {
        GROUP(add_of_any)(p, q);
    }
}
