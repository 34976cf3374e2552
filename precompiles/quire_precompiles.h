/* The calls of all precompiles of the standard machine; quire.h includes this. */
#ifndef QUIRE_PRECOMPILES_H
#define QUIRE_PRECOMPILES_H

#include "claim/guest.h"
#include "curve/guest.h"
#include "fp12/guest.h"
#include "fp2/guest.h"
#include "g2/guest.h"
#include "keccak/guest.h"
#include "modular/guest.h"
#include "pairing_advice/guest.h"
#include "poseidon2/guest.h"
#include "sha256/guest.h"
#include "uint256/guest.h"

#endif
