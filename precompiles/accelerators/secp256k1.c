/* zkvm_secp256k1_verify and zkvm_secp256k1_ecrecover. */
#include <zkvm_accelerators.h>

#include "ecdsa.h"
#include "arguments.h"
#include "secp256k1_constants.h"

static const known_point generator = SECP256K1_GENERATOR;

zkvm_status zkvm_secp256k1_verify(const zkvm_secp256k1_hash *msg, const zkvm_secp256k1_signature *sig,
                                  const zkvm_secp256k1_pubkey *pubkey, bool *verified) {
    signature of;
    finite_point key;
    REFUSE_NULL("zkvm_secp256k1_verify", msg);
    REFUSE_NULL("zkvm_secp256k1_verify", sig);
    REFUSE_NULL("zkvm_secp256k1_verify", pubkey);
    REFUSE_NULL("zkvm_secp256k1_verify", verified);
    quire_ecdsa_read_signature(&of, sig->data);
    quire_ecdsa_read_point(&key, pubkey->data);
    if (!quire_curve_has(&secp256k1, &key)) {
        return ZKVM_EFAIL;
    }
    *verified = quire_ecdsa_verify(&secp256k1, &generator, msg->data, &of, &key);
    return ZKVM_EOK;
}

/* The point whose x is r, or r plus the order, and whose y is odd or even. False if there is none. */
static bool point_of_signature(finite_point *p, const number *r, bool is_wrapped, bool is_odd) {
    static const number seven = {{7}};
    number square, root_squared;
    number_copy(&p->x, r);
    if (is_wrapped) {
        number_add(&p->x, &secp256k1.order, &number_zero); /* modulo 2^256: what wraps is below the order */
        if (number_is_less(&p->x, &secp256k1.order) || !number_is_less(&p->x, &secp256k1.prime)) {
            return false;
        }
    }
    number_copy(&square, &p->x);
    number_multiply(&square, &p->x, &secp256k1.prime);
    number_multiply(&square, &p->x, &secp256k1.prime);
    number_add(&square, &seven, &secp256k1.prime);
    quire_modular_256_root(p->y.dwords, square.dwords, secp256k1.prime.dwords); /* the even root of this or its opposite */
    number_copy(&root_squared, &p->y);
    number_multiply(&root_squared, &p->y, &secp256k1.prime);
    if (!number_equal(&root_squared, &square)) {
        return false;
    }
    if (is_odd) {
        number_negate(&p->y, &secp256k1.prime);
    }
    return true;
}

/* The key is (s R - z G) / r: SEC 1, section 4.1.6. */
zkvm_status zkvm_secp256k1_ecrecover(const zkvm_secp256k1_hash *msg, const zkvm_secp256k1_signature *sig, uint8_t recid,
                                     zkvm_secp256k1_pubkey *output) {
    multiple both[2];
    signature of;
    finite_point r_point;
    number one_over_r, minus_z;
    point key;
    REFUSE_NULL("zkvm_secp256k1_ecrecover", msg);
    REFUSE_NULL("zkvm_secp256k1_ecrecover", sig);
    REFUSE_NULL("zkvm_secp256k1_ecrecover", output);
    quire_ecdsa_read_signature(&of, sig->data);
    if (recid > 3 || !quire_ecdsa_in_range(&secp256k1, &of) || !point_of_signature(&r_point, &of.r, recid >> 1, recid & 1)) {
        return ZKVM_EFAIL;
    }
    number_invert(&one_over_r, &of.r, &secp256k1.order);
    number_read(&minus_z, msg->data);
    number_negate(&minus_z, &secp256k1.order);
    both[0] = (multiple){.scalar = minus_z, .known = &generator};
    number_multiply(&both[0].scalar, &one_over_r, &secp256k1.order);
    both[1] = (multiple){.scalar = of.s, .point = &r_point};
    number_multiply(&both[1].scalar, &one_over_r, &secp256k1.order);
    quire_curve_sum(&secp256k1, &key, both, 2);
    if (key.is_infinite) {
        return ZKVM_EFAIL;
    }
    number_write(output->data, &key.x);
    number_write(output->data + sizeof key.x, &key.y);
    return ZKVM_EOK;
}
