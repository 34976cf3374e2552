/* zkvm_bn254_g1_add and zkvm_bn254_g1_mul (EIP-196). */
#include <zkvm_accelerators.h>

#include "bn254_g1_constants.h"
#include "arguments.h"

/* All zeros mean infinity. False if a coordinate is not reduced or the point not on the curve. */
static bool read_point(point *p, const zkvm_bn254_g1_point *encoded) {
    finite_point finite;
    number_read(&finite.x, encoded->data);
    number_read(&finite.y, encoded->data + sizeof finite.x);
    *p = (point){finite.x, finite.y, number_is_zero(&finite.x) && number_is_zero(&finite.y)};
    return p->is_infinite || quire_curve_has(&bn254_g1, &finite);
}

static void write_point(zkvm_bn254_g1_point *encoded, const point *p) {
    number_write(encoded->data, p->is_infinite ? &number_zero : &p->x);
    number_write(encoded->data + sizeof p->x, p->is_infinite ? &number_zero : &p->y);
}

zkvm_status zkvm_bn254_g1_add(const zkvm_bn254_g1_point *p1, const zkvm_bn254_g1_point *p2, zkvm_bn254_g1_point *result) {
    point first, second;
    REFUSE_NULL("zkvm_bn254_g1_add", p1);
    REFUSE_NULL("zkvm_bn254_g1_add", p2);
    REFUSE_NULL("zkvm_bn254_g1_add", result);
    bool is_valid = read_point(&first, p1);
    if (!read_point(&second, p2) || !is_valid) {
        return ZKVM_EFAIL;
    }
    if (!second.is_infinite) {
        finite_point q = {second.x, second.y};
        quire_group_add(&bn254_g1, &first, &q);
    }
    write_point(result, &first);
    return ZKVM_EOK;
}

zkvm_status zkvm_bn254_g1_mul(const zkvm_bn254_g1_point *multiplied, const zkvm_bn254_scalar *scalar, zkvm_bn254_g1_point *result) {
    point p;
    REFUSE_NULL("zkvm_bn254_g1_mul", multiplied);
    REFUSE_NULL("zkvm_bn254_g1_mul", scalar);
    REFUSE_NULL("zkvm_bn254_g1_mul", result);
    if (!read_point(&p, multiplied)) {
        return ZKVM_EFAIL;
    }
    if (!p.is_infinite) {
        finite_point base = {p.x, p.y};
        multiple of = {.point = &base};
        number_read(&of.scalar, scalar->data);
        number_reduce(&of.scalar, &bn254_g1.order);
        quire_curve_sum(&bn254_g1, &p, &of, 1);
    }
    write_point(result, &p);
    return ZKVM_EOK;
}
