/* Points of y^2 = x^3 + b in affine coordinates, in which a sum is one call (addition_template.h).
 *
 * A template: GROUP(name) is the name of a function here, COORDINATE(name) that of one of the coordinates' field, and
 * GROUP(point) is a struct of x, y and is_infinite, the first two of which are a COORDINATE_TYPE. */

static __attribute__((noinline)) void GROUP(copy)(GROUP(point) *p, const GROUP(point) *q) {
    __builtin_memcpy_inline(p, q, sizeof *p);
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
