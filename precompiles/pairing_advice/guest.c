/* Everything that Fp12 needs is in the header. */
#include "guest.h"
