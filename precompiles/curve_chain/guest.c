/* Everything that chains need is in the header. */
#include "guest.h"
