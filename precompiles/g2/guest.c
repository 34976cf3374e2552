/* Everything that points over Fp2 need is in the header. */
#include "guest.h"
