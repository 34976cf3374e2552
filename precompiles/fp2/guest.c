/* Everything that Fp2 needs is in the header. */
#include "guest.h"
