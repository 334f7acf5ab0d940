// Overwrites the inputs, so that everybody's answer would be 0.
// expect: crashed
// says: it wrote to the inputs, which are read-only
#include <cstddef>

#include "sum.hpp"

double sum(std::span<const double> values) {
    auto* data = const_cast<double*>(values.data());
    for (std::size_t i = 0; i < values.size(); ++i)
        data[i] = 0;
    return 0;
}
