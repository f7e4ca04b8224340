/* Moved: base/nearest.h. */
#include "base/nearest.h"
