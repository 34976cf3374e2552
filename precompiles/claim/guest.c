/* Everything that claims need is in the header. */
#include "guest.h"
