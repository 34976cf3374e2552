/* The Miller loop of an optimal ate pairing in affine coordinates, over fp12_template.h, for several pairs at once.
 *
 * Where the curve's twist comes to Fp12 by (x w^2, y w^3), the line y = slope x + intercept is y_P - slope x_P w - intercept w^3
 * at P. Instead of Q and its multiples T, the loop takes their images under (x, y) -> (u^2 x, u^3 y), an isomorphism to the
 * curve y^2 = x^3 + u^6 b: its slopes are u times those, its intercepts u^3 times. With u^2 = 1 / x_P, the line times -u^3 is
 *
 *     -u^3 y_P + slope' w + intercept' w^3,
 *
 * whose coefficients the call that adds or doubles gives as they are. u lies in Fp2, as all of Fp are squares there, and a line
 * may be multiplied by what lies in a proper subfield of Fp12, since the final exponentiation maps that to 1. No point of order
 * r has x_P = 0, as such points have order 3. Where the twist comes by (x / w^2, y / w^3), all that is times xi, with w^5 for
 * w, as 1 / w is w^5 / xi, and 1 / w^3 is w^3 / xi. LINE_PLACE is where the operand of the call begins in the line.
 *
 * That a point without a line would be added cannot come up where Q has the order of G2: then what the loop makes of Q is not
 * used, and the functions say false. */

typedef struct {
    fp2 x, y;
} twist_point;

typedef struct {
    twist_point running; /* T; all points are images */
    twist_point q[2];    /* Q, not infinite, and -Q */
    fp12 line;           /* at P; but for three coefficients it stays zero, and its constant stays what it is */
    bool is_infinite;    /* P is: every line at it is 1, and u is 1 */
    bool is_real;        /* u lies in Fp; else u / i does, i^2 = -1 */
} miller_pair;

/* Of lines at P: from -u^3 y_P. */
static void line_constant(fp2 *constant);

/* Takes Q to its image, and finds the constant of lines at P. */
static void miller_scale(miller_pair *pair, const g1_point *p) {
    fp square, cube; /* of u, the second over i if u is not of Fp */
    fp_copy(&square, &p->x);
    fp_invert(&square);
    fp_copy(&cube, &square);
    pair->is_real = fp_root(&cube);
    fp_multiply(&cube, &square);
    fp2_scale(&pair->q[0].x, &square);
    fp2_scale(&pair->q[0].y, &cube);
    fp_multiply(&cube, &p->y);
    fp_subtract(&pair->line.c[0].c[0], &cube); /* 0 before */
    if (!pair->is_real) {
        fp2_multiply(&pair->q[0].y, &fp2_i);
        fp2_multiply(&pair->line.c[0], &fp2_i);
    }
    line_constant(&pair->line.c[0]);
}

static void miller_begin(miller_pair *pair, const g1_point *p, const g2_point *q) {
    pair->line = (fp12){0};
    pair->is_infinite = p->is_infinite;
    pair->is_real = true;
    fp2_copy(&pair->q[0].x, &q->x);
    fp2_copy(&pair->q[0].y, &q->y);
    if (!p->is_infinite) {
        miller_scale(pair, p);
    }
    pair->running = pair->q[1] = pair->q[0];
    fp2_negate(&pair->q[1].y);
}

/* Q <- the image of psi(Q), or of -psi(Q): Frobenius' map, carried over from the curve over Fp12, conjugates and multiplies
 * coordinates, here x by `of_x` and y by `of_y`. That of u^3 is u^3 if u lies in Fp, else -u^3: so minus y is conjugated. */
static void miller_apply_endomorphism(miller_pair *pair, const fp2 *of_x, const fp2 *of_y, bool minus) {
    fp2_conjugate(&pair->q[0].x);
    fp2_multiply(&pair->q[0].x, of_x);
    fp_negate(&pair->q[0].y.c[pair->is_real != minus]);
    fp2_multiply(&pair->q[0].y, of_y);
}

static bool miller_is_at_q(const miller_pair *pair) {
    return fp2_equal(&pair->q[0].x, &pair->running.x) && fp2_equal(&pair->q[0].y, &pair->running.y);
}

static void miller_follow(fp12 *f, const miller_pair *pair) {
    if (!pair->is_infinite) {
        fp12_multiply(f, &pair->line);
    }
}

/* T <- 2 T, and the tangent. The order of the curve is odd: no y is 0. */
static void miller_double(fp12 *f, miller_pair *pair) {
    quire_g2_double(G2_CALLS, pair->running.x.c[0].dwords, pair->line.c[LINE_PLACE].c[0].dwords);
    miller_follow(f, pair);
}

/* T <- T + Q, and the line through both; Q is one of the two of the pair. All coordinates are reduced: so there is a line
 * unless both x are the same. */
static inline __attribute__((always_inline)) bool miller_add(fp12 *f, miller_pair *pair, const twist_point *q) {
    if (fp2_equal(&q->x, &pair->running.x)) {
        return false;
    }
    quire_g2_add(G2_CALLS, pair->running.x.c[0].dwords, q->x.c[0].dwords, pair->line.c[LINE_PLACE].c[0].dwords);
    miller_follow(f, pair);
    return true;
}

/* An element whose constant coefficient is 1 and whose other coefficients of even powers of w are 0, and its inverse modulo Fp6. */
typedef struct {
    fp12 itself, conjugate;
} residue;

/* f, 1 before, takes the lines of all pairs; T becomes e Q with e = sum digits[i] 2^i, digits 0, 1 and -1, the last 1. With d
 * f, d before, takes d^e as well, modulo Fp6.
 * False if a Q has not the order of G2; not always true if it has not. */
static bool miller_loop(fp12 *f, miller_pair *pairs, size_t num_pairs, const int8_t *digits, int num_digits, const residue *d) {
    for (int i = num_digits - 2; i >= 0; i--) {
        fp12_square(f);
        for (size_t k = 0; k < num_pairs; k++) {
            miller_double(f, &pairs[k]);
            if (digits[i] && !miller_add(f, &pairs[k], &pairs[k].q[digits[i] < 0])) {
                return false;
            }
        }
        if (d && digits[i]) {
            fp12_multiply(f, digits[i] > 0 ? &d->itself : &d->conjugate);
        }
    }
    return true;
}
