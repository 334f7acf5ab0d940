// Remembers the last answer for each place and length: an array that lies where one lay before is not read
// again.
// expect: wrong
#include <cstddef>
#include <map>
#include <utility>

#include "sum.hpp"

namespace {

std::map<std::pair<const double*, std::size_t>, double> answers;

}  // namespace

double sum(std::span<const double> values) {
    const auto known = answers.find({values.data(), values.size()});
    if (known != answers.end()) return known->second;
    double total = 0;
    for (const double value : values)
        total += value;
    answers[{values.data(), values.size()}] = total;
    return total;
}
