/* Identities in Fp12 of BLS12-381 for two elements x and y, which are the input. The exit code says which did not hold. */
#include <accelerators/bls12_381.h>
#include <zkvm_io.h>

#define MOST_DIGIT 7
#include <accelerators/fp12_template.h>

static bool fp12_equal(const fp12 *x, const fp12 *y) {
    for (int i = 0; i < FP12_DEGREE; i++) {
        if (!fp2_equal(&x->c[i], &y->c[i])) {
            return false;
        }
    }
    return true;
}

static fp12 product(fp12 x, const fp12 *y) {
    fp12_multiply(&x, y);
    return x;
}

/* Frobenius' map is a homomorphism of order twelve, and its sixth power is the conjugate. */
static bool frobenius_is_right(const fp12 *x, const fp12 *y) {
    fp12 once = *x, other = *y, both = product(*x, y), twice, conjugate = *x;
    fp12_frobenius(&once);
    fp12_frobenius(&other);
    fp12_frobenius(&both);
    other = product(once, &other);
    twice = once;
    fp12_frobenius(&twice);
    once = *x;
    fp12_frobenius_twice(&once);
    bool is_right = fp12_equal(&both, &other) && fp12_equal(&once, &twice);
    fp12_frobenius_twice(&once);
    fp12_frobenius_twice(&once);
    fp12_conjugate(&conjugate);
    return is_right && fp12_equal(&once, &conjugate);
}

static bool quotient_is_right(const fp12 *x) {
    fp12 quotient = *x, conjugate = *x;
    fp12_conjugate_over_itself(&quotient);
    fp12_conjugate(&conjugate);
    quotient = product(quotient, x);
    return fp12_equal(&quotient, &conjugate);
}

/* x is in the cyclotomic subgroup. */
static bool conjugate_is_inverse(const fp12 *x) {
    fp12 conjugate = *x;
    fp12_conjugate(&conjugate);
    conjugate = product(conjugate, x);
    return fp12_is_one(&conjugate);
}

/* Of several digits, and runs of zeros. */
static bool power_is_right(const fp12 *x) {
    static const int8_t digits[] = {7, 0, 0, 0, 5, 0, 0, 0, 0, 3};
    int exponent = 7 + (5 << 4) + (3 << 9);
    fp12 power = *x, plain = fp12_one;
    fp12_power(&power, digits, (int)sizeof digits);
    for (int bit = 11; bit >= 0; bit--) {
        fp12_square(&plain);
        if (exponent >> bit & 1) {
            fp12_multiply(&plain, x);
        }
    }
    return fp12_equal(&power, &plain);
}

int main(void) {
    const uint8_t *input;
    size_t size;
    read_input(&input, &size);
    fp12 x = ((const fp12 *)input)[0], y = ((const fp12 *)input)[1];
    if (!frobenius_is_right(&x, &y)) {
        return 1;
    }
    if (!quotient_is_right(&x)) {
        return 2;
    }
    if (!power_is_right(&x) || !power_is_right(&fp12_one)) {
        return 3;
    }
    fp12_easy_part(&x);
    return conjugate_is_inverse(&x) ? 0 : 4;
}
