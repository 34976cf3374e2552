/* Whether a product of pairings is 1, over miller_template.h. The curve's file gives miller_finish, residue_finish and
 * hard_part, and ADVICE_CALLS, the first call of advice for it.
 *
 * The final exponentiation, to the power of (p^12 - 1) / r, makes 1 of r-th powers, and of all of Fp6 but 0, as p^6 - 1 divides it.
 * So whatever d is, other than 0, it makes the same of f d^lambda, lambda a multiple of r, as of f, the product of the Miller
 * functions; and where f d^lambda lies in Fp6, it need not be computed to know that it gives 1. The executor finds such a
 * d where f becomes 1 (Novakovic and Eagen, "On Proving Pairings"): so only products that are not 1 are exponentiated, or those
 * of provers who give another d. No answer depends on advice.
 *
 * Pairs come in groups, of which the last one takes d for all of them. */

#define PAIRS_AT_ONCE 4

typedef union {
    fp numbers[6];
    uint64_t dwords[QUIRE_PAIRING_ADVICE_DWORDS];
} advice_block;

typedef struct {
    bool has_earlier;
    fp12 earlier;       /* The Miller functions of all groups but the last, */
    advice_block class; /* and as advice those of all groups, modulo Fp6 */
} pairing;

/* What follows the loop: f takes the last lines. False if a Q is not of G2: of those for which the loop was true, exactly
 * these. */
static bool miller_finish(fp12 *f, miller_pair *pair);

/* f d^e <- f d^lambda, e being the loop's multiple; d is used up. */
static void residue_finish(fp12 *f, residue *d);

/* x to the power of (p^4 - p^2 + 1) / r, or a power of that whose exponent is prime to r; x is in the cyclotomic subgroup. */
static void hard_part(fp12 *x);

static void pairing_begin(pairing *all) {
    all->has_earlier = false;
    for (int i = 0; i < 6; i++) {
        fp_copy(&all->class.numbers[i], &fp_zero);
    }
}

/* f <- the product of the Miller functions of at most PAIRS_AT_ONCE pairs, which share their squarings, times d^lambda
 * unless d is NULL. False if a q is not of G2. */
static bool pairing_of_group(fp12 *f, const g1_point *p, const g2_point *q, size_t num_pairs, residue *d) {
    miller_pair pairs[PAIRS_AT_ONCE];
    size_t num_finite = 0;
    for (size_t i = 0; i < num_pairs; i++) {
        if (!q[i].is_infinite) {
            miller_begin(&pairs[num_finite++], &p[i], &q[i]);
        }
    }
    fp12_copy(f, d ? &d->itself : &fp12_one);
    if (!miller_loop(f, pairs, num_finite, miller_digits, (int)sizeof miller_digits, d)) {
        return false;
    }
    for (size_t i = 0; i < num_finite; i++) {
        if (!miller_finish(f, &pairs[i])) {
            return false;
        }
    }
    if (d) {
        residue_finish(f, d);
    }
    return true;
}

/* Nothing is known of what this leaves. */
static void pairing_ask_for_group(pairing *all, const g1_point *p, const g2_point *q, size_t num_pairs) {
    for (size_t i = 0; i < num_pairs; i++) {
        if (!p[i].is_infinite && !q[i].is_infinite) {
            advice_block pair;
            fp_copy(&pair.numbers[0], &p[i].x);
            fp_copy(&pair.numbers[1], &p[i].y);
            for (int part = 0; part < 2; part++) {
                fp_copy(&pair.numbers[2 + part], &q[i].x.c[part]);
                fp_copy(&pair.numbers[4 + part], &q[i].y.c[part]);
            }
            quire_pairing_advice_call(ADVICE_CALLS + QUIRE_PAIRING_ADVICE_MILLER, all->class.dwords, pair.dwords);
        }
    }
}

/* Nor of this d, but that it is not 0: its constant coefficient is 1. */
static residue *pairing_ask_for_root(pairing *all) {
    static residue d = {{{{{{{1}}}}}}, {{{{{{1}}}}}}}; /* even powers stay what they are */
    advice_block *class = &all->class;
    quire_pairing_advice_call(ADVICE_CALLS + QUIRE_PAIRING_ADVICE_ROOT, class->dwords, class->dwords);
    for (int i = 0; i < 3; i++) {
        fp2 *power = &d.itself.c[2 * i + 1];
        fp_copy(&power->c[0], &class->numbers[2 * i]);
        fp_copy(&power->c[1], &class->numbers[2 * i + 1]);
        if (DIGITS_ARE_SIGNED) {
            fp2 *opposite = &d.conjugate.c[2 * i + 1];
            fp_copy(&opposite->c[0], &fp_zero);
            fp_copy(&opposite->c[1], &fp_zero);
            fp2_subtract(opposite, power);
        }
    }
    return &d;
}

/* Takes a group of pairs that is not the last. False if a q is not of G2. */
static bool pairing_add(pairing *all, const g1_point *p, const g2_point *q, size_t num_pairs) {
    fp12 f;
    pairing_ask_for_group(all, p, q, num_pairs);
    if (!pairing_of_group(&f, p, q, num_pairs, NULL)) {
        return false;
    }
    if (all->has_earlier) {
        fp12_multiply(&all->earlier, &f);
    } else {
        fp12_copy(&all->earlier, &f);
    }
    all->has_earlier = true;
    return true;
}

/* Whether the final exponentiation, to the power of (p^12 - 1) / r, gives 1. */
static bool pairing_is_one(fp12 *f) {
    fp12_easy_part(f);
    if (!fp12_is_one(f)) {
        hard_part(f);
    }
    return fp12_is_one(f);
}

/* is_one <- whether the product of all pairings is 1, those of the last group included. False, and is_one is left alone, if
 * a q is not of G2. */
static bool pairing_finish(pairing *all, const g1_point *p, const g2_point *q, size_t num_pairs, bool *is_one) {
    fp12 f;
    pairing_ask_for_group(all, p, q, num_pairs);
    if (!pairing_of_group(&f, p, q, num_pairs, pairing_ask_for_root(all))) {
        return false;
    }
    if (all->has_earlier) {
        fp12_multiply(&f, &all->earlier);
    }
    *is_one = fp12_is_in_fp6(&f) || pairing_is_one(&f);
    return true;
}
