/* Points of y^2 = x^3 + b in affine coordinates: a division is one call more than a product, so nothing is gained by
 * coordinates that put it off.
 *
 * A template: GROUP(name) is the name of a function here, COORDINATE(name) that of one of the coordinates' field, and
 * GROUP(point) is a struct of x, y and is_infinite, the first two of which are a COORDINATE_TYPE. GROUP_CALL is which curve it
 * is to the curve precompile, if that knows it: then a sum is one call. */

static inline void GROUP(copy)(GROUP(point) *p, const GROUP(point) *q) {
    COORDINATE(copy)(&p->x, &q->x);
    COORDINATE(copy)(&p->y, &q->y);
    p->is_infinite = q->is_infinite;
}

static inline void GROUP(negate)(GROUP(point) *p) { COORDINATE(negate)(&p->y); }

static bool GROUP(equal)(const GROUP(point) *p, const GROUP(point) *q) {
    if (p->is_infinite || q->is_infinite) {
        return p->is_infinite && q->is_infinite;
    }
    return COORDINATE(equal)(&p->x, &q->x) && COORDINATE(equal)(&p->y, &q->y);
}

/* Of finite coordinates. */
static bool GROUP(is_on_curve)(const GROUP(point) *p, const COORDINATE_TYPE *b) {
    COORDINATE_TYPE left, right;
    COORDINATE(copy)(&left, &p->y);
    COORDINATE(square)(&left);
    COORDINATE(copy)(&right, &p->x);
    COORDINATE(square)(&right);
    COORDINATE(multiply)(&right, &p->x);
    COORDINATE(add)(&right, b);
    return COORDINATE(equal)(&left, &right);
}

/* From two coordinates behind one another; all zeros, which is not on the curve, mean infinity. False if a coordinate is
 * not reduced or the point not on the curve of this b. */
static bool GROUP(read)(GROUP(point) *p, const uint8_t *bytes, const COORDINATE_TYPE *b) {
    bool is_reduced = COORDINATE(read)(&p->x, bytes);
    is_reduced &= COORDINATE(read)(&p->y, bytes + sizeof p->x);
    p->is_infinite = COORDINATE(is_zero)(&p->x) && COORDINATE(is_zero)(&p->y);
    return p->is_infinite || (is_reduced && GROUP(is_on_curve)(p, b));
}

#ifdef GROUP_CALL

/* The order of the curve is odd: no y is 0. */
static void GROUP(double)(GROUP(point) *p) {
    if (!p->is_infinite) {
        quire_curve_double(GROUP_CALL, p->x.dwords);
    }
}

/* p <- p + q, which may be equal, opposite, infinite, or one object. Coordinates are reduced: so two points of the curve have
 * one x only if they are equal or opposite. */
static void GROUP(add)(GROUP(point) *p, const GROUP(point) *q) {
    if (q->is_infinite) {
        return;
    }
    if (p->is_infinite) {
        GROUP(copy)(p, q);
    } else if (!COORDINATE(equal)(&p->x, &q->x)) {
        quire_curve_add(GROUP_CALL, p->x.dwords, q->x.dwords);
    } else if (COORDINATE(equal)(&p->y, &q->y)) {
        GROUP(double)(p);
    } else {
        p->is_infinite = true;
    }
}

#else

/* p <- -(the third point of the line through p with this slope), the second one's x given. */
static void GROUP(follow)(GROUP(point) *p, const COORDINATE_TYPE *slope, const COORDINATE_TYPE *second_x) {
    COORDINATE_TYPE x, y;
    COORDINATE(copy)(&x, slope);
    COORDINATE(square)(&x);
    COORDINATE(subtract)(&x, &p->x);
    COORDINATE(subtract)(&x, second_x);
    COORDINATE(copy)(&y, &p->x);
    COORDINATE(subtract)(&y, &x);
    COORDINATE(multiply)(&y, slope);
    COORDINATE(subtract)(&y, &p->y);
    COORDINATE(copy)(&p->x, &x);
    COORDINATE(copy)(&p->y, &y);
}

static void GROUP(double)(GROUP(point) *p) {
    COORDINATE_TYPE slope, x;
    if (p->is_infinite) {
        return;
    }
    COORDINATE(copy)(&slope, &p->x); /* (3/2 x^2) / y */
    COORDINATE(square)(&slope);
    COORDINATE(scale)(&slope, &three_halves);
    if (!COORDINATE(divide)(&slope, &p->y)) { /* of order two */
        p->is_infinite = true;
        return;
    }
    COORDINATE(copy)(&x, &p->x);
    GROUP(follow)(p, &slope, &x);
}

/* p <- p + q, which may be equal, opposite, infinite, or one object. */
static void GROUP(add)(GROUP(point) *p, const GROUP(point) *q) {
    COORDINATE_TYPE slope, run;
    if (q->is_infinite) {
        return;
    }
    if (p->is_infinite) {
        GROUP(copy)(p, q);
        return;
    }
    COORDINATE(copy)(&slope, &q->y);
    COORDINATE(subtract)(&slope, &p->y);
    COORDINATE(copy)(&run, &q->x);
    COORDINATE(subtract)(&run, &p->x);
    if (COORDINATE(divide)(&slope, &run)) {
        GROUP(follow)(p, &slope, &q->x);
    } else if (COORDINATE(equal)(&p->y, &q->y)) {
        GROUP(double)(p);
    } else {
        p->is_infinite = true;
    }
}

#endif
