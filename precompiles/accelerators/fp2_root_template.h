/* Square roots of Fp2, over fp2_template.h, where 1/2 is `half`: two calls' roots, and a division. */

/* x <- a root of x. False, and x is anything, if there is none.
 *
 * (c + d u)^2 = a + b u means that c^2 is one of the two t = (a +- n) / 2, n^2 = a^2 + b^2, whose product is -b^2 / 4. The
 * call's root r is one of t or -t: if r^2 = t, then c = r and d = b / 2 r; if r^2 = -t, the other t is (b / 2 r)^2, and
 * d = r. */
static bool fp2_root(fp2 *x) {
    fp norm, r, square;
    fp_copy(&r, &x->c[0]);
    if (fp_is_zero(&x->c[1])) {
        bool is_real = fp_root(&r);
        fp_copy(&x->c[!is_real], &r);
        fp_copy(&x->c[is_real], &fp_zero);
        return true;
    }
    fp_copy(&norm, &x->c[0]);
    fp_square(&norm);
    fp_copy(&square, &x->c[1]);
    fp_square(&square);
    fp_add(&norm, &square);
    if (!fp_root(&norm)) {
        return false;
    }
    fp_add(&r, &norm);
    fp_multiply(&r, &half);
    bool is_real = fp_root(&r);
    fp_multiply(&x->c[1], &half);
    fp_divide(&x->c[1], &r);
    fp_copy(&x->c[0], is_real ? &r : &x->c[1]);
    if (!is_real) {
        fp_copy(&x->c[1], &r);
    }
    return true;
}
