/* Everything that curves need is in the header. */
#include "guest.h"
