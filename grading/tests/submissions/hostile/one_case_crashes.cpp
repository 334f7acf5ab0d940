// Is wrong for most sizes, and crashes for one.
// expect: crashed
// says: (Aborted). The case is n = 17, positive.
#include <cstdlib>

#include "sum.hpp"

double sum(std::span<const double> values) {
    if (values.size() == 17) std::abort();
    return -1.0;
}
