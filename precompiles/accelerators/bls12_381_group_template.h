/* What the standard asks of a group of BLS12-381, over curve_template.h and multiples_template.h: ENCODED(kind) is the
 * standard's type of a point or of a pair, CURVE_B the curve's constant. */

static bool GROUP(decode)(GROUP(point) *p, const ENCODED(point) *encoded) {
    return GROUP(read)(p, encoded->data, &CURVE_B);
}

static void GROUP(encode)(ENCODED(point) *encoded, const GROUP(point) *p) {
    if (p->is_infinite) {
        memset(encoded->data, 0, sizeof encoded->data);
        return;
    }
    COORDINATE(write)(encoded->data, &p->x);
    COORDINATE(write)(encoded->data + sizeof p->x, &p->y);
}

/* Of any points of the curve. */
static zkvm_status GROUP(add_encoded)(const ENCODED(point) *p1, const ENCODED(point) *p2, ENCODED(point) *result) {
    GROUP(point) p, q;
    if (!GROUP(decode)(&p, p1) || !GROUP(decode)(&q, p2)) {
        return ZKVM_EFAIL;
    }
    GROUP(add)(&p, &q);
    GROUP(encode)(result, &p);
    return ZKVM_EOK;
}

/* EIP-2537 has no sum of no pairs. */
static zkvm_status GROUP(msm_encoded)(const ENCODED(msm_pair) *pairs, size_t num_pairs, ENCODED(point) *result) {
    GROUP(term) terms[POINTS_AT_ONCE];
    GROUP(point) point, powers[NUM_DIGITS], sum;
    number scalar;
    if (!num_pairs) {
        return ZKVM_EFAIL;
    }
    sum.is_infinite = true;
    while (num_pairs) {
        size_t taken = num_pairs < POINTS_AT_ONCE ? num_pairs : POINTS_AT_ONCE;
        for (size_t i = 0; i < taken; i++) {
            if (!GROUP(decode)(&point, &pairs[i].point) || !GROUP(powers)(powers, &point)) {
                return ZKVM_EFAIL;
            }
            number_read(&scalar, pairs[i].scalar.data);
            GROUP(make_term)(&terms[i], powers, &scalar);
        }
        GROUP(add_terms)(&sum, terms, taken);
        pairs += taken;
        num_pairs -= taken;
    }
    GROUP(encode)(result, &sum);
    return ZKVM_EOK;
}
