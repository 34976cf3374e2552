/* Field elements to points of a curve of BLS12-381: the simplified Shallue-van de Woestijne-Ulas map to a curve with an
 * isogeny, and the isogeny (RFC 9380, sections 6.6.2 and 6.6.3).
 *
 * A template like curve_template.h. Of the isogenous curve y^2 = x^3 + A x + B and the non-square Z are given: isogenous_a,
 * isogenous_b, non_square, minus_b_over_a and exceptional_x = B / Z A; x_numerator, x_denominator, y_numerator and
 * y_denominator are the isogeny's polynomials, the constant coefficient first. COORDINATE(root) and COORDINATE(sign) are those
 * of the RFC. */

/* value <- x^3 + A x + B. */
static void GROUP(isogenous_square)(COORDINATE_TYPE *value, const COORDINATE_TYPE *x) {
    COORDINATE(copy)(value, x);
    COORDINATE(square)(value);
    COORDINATE(add)(value, &isogenous_a);
    COORDINATE(multiply)(value, x);
    COORDINATE(add)(value, &isogenous_b);
}

/* Section 6.6.2, with 1 / (Z^2 u^4 + Z u^2) by a division. */
static void GROUP(map_to_isogenous)(GROUP(point) *p, const COORDINATE_TYPE *u) {
    COORDINATE_TYPE z_u_squared, sum, quotient;
    COORDINATE(copy)(&z_u_squared, u);
    COORDINATE(square)(&z_u_squared);
    COORDINATE(multiply)(&z_u_squared, &non_square);
    COORDINATE(copy)(&sum, &z_u_squared);
    COORDINATE(square)(&sum);
    COORDINATE(add)(&sum, &z_u_squared);
    COORDINATE(copy)(&quotient, &minus_b_over_a);
    if (COORDINATE(divide)(&quotient, &sum)) {
        COORDINATE(copy)(&p->x, &quotient);
        COORDINATE(add)(&p->x, &minus_b_over_a);
    } else {
        COORDINATE(copy)(&p->x, &exceptional_x);
    }
    GROUP(isogenous_square)(&p->y, &p->x);
    if (!COORDINATE(root)(&p->y)) { /* then the other x has a y */
        COORDINATE(multiply)(&p->x, &z_u_squared);
        GROUP(isogenous_square)(&p->y, &p->x);
        COORDINATE(root)(&p->y);
    }
    if (COORDINATE(sign)(&p->y) != COORDINATE(sign)(u)) {
        COORDINATE(negate)(&p->y);
    }
    p->is_infinite = false;
}

static void GROUP(evaluate)(COORDINATE_TYPE *value, const COORDINATE_TYPE *coefficients, int count, const COORDINATE_TYPE *x) {
    COORDINATE(copy)(value, &coefficients[count - 1]);
    for (int i = count - 2; i >= 0; i--) {
        COORDINATE(multiply)(value, x);
        COORDINATE(add)(value, &coefficients[i]);
    }
}

#define EVALUATE(value, polynomial, x) \
    GROUP(evaluate)(value, polynomial, (int)(sizeof polynomial / sizeof polynomial[0]), x)

/* Section 6.6.3; points of the kernel go to infinity. */
static void GROUP(apply_isogeny)(GROUP(point) *p) {
    COORDINATE_TYPE x, y, denominator;
    EVALUATE(&x, x_numerator, &p->x);
    EVALUATE(&denominator, x_denominator, &p->x);
    bool is_finite = COORDINATE(divide)(&x, &denominator);
    EVALUATE(&y, y_numerator, &p->x);
    EVALUATE(&denominator, y_denominator, &p->x);
    is_finite &= COORDINATE(divide)(&y, &denominator);
    COORDINATE(copy)(&p->x, &x);
    COORDINATE(multiply)(&p->y, &y);
    p->is_infinite = !is_finite;
}
