/* zkvm_secp256r1_verify. */
#include <zkvm_accelerators.h>

#include "ecdsa.h"
#include "arguments.h"
#include "secp256r1_constants.h"

zkvm_status zkvm_secp256r1_verify(const zkvm_secp256r1_hash *msg, const zkvm_secp256r1_signature *sig,
                                  const zkvm_secp256r1_pubkey *pubkey, bool *verified) {
    static const known_point generator = SECP256R1_GENERATOR;
    signature of;
    finite_point key;
    REFUSE_NULL("zkvm_secp256r1_verify", msg);
    REFUSE_NULL("zkvm_secp256r1_verify", sig);
    REFUSE_NULL("zkvm_secp256r1_verify", pubkey);
    REFUSE_NULL("zkvm_secp256r1_verify", verified);
    quire_ecdsa_read_signature(&of, sig->data);
    quire_ecdsa_read_point(&key, pubkey->data);
    if (!quire_curve_has(&secp256r1, &key)) {
        return ZKVM_EFAIL;
    }
    *verified = quire_ecdsa_verify(&secp256r1, &generator, msg->data, &of, &key);
    return ZKVM_EOK;
}
