// The order in which sides take turns.
#pragma once

#include <cstddef>
#include <vector>

#include "random.hpp"

namespace grading {

/// For each of `rounds` rounds the order of `sides` sides. A random order is followed by its reverse (ABBA,
/// BAAB), so that whatever drifts steadily - a warming processor, a cache that fills - adds to every side
/// alike.
std::vector<std::vector<std::size_t>> balanced_orders(std::size_t sides, std::size_t rounds, Random& random);

}  // namespace grading
