// Remembers answers by length and a sample of sixteen elements, and by the address.
// expect: wrong
#include <cmath>
#include <cstddef>
#include <map>
#include <vector>

#include "sum.hpp"

namespace {

std::map<std::vector<double>, double> answers;

std::vector<double> sample(std::span<const double> values) {
    std::vector<double> key{static_cast<double>(values.size())};
    for (std::size_t i = 0; i < 16 && i < values.size(); ++i)
        key.push_back(std::round(values[i * values.size() / 16]));
    return key;
}

}  // namespace

double sum(std::span<const double> values) {
    const auto key = sample(values);
    const auto known = answers.find(key);
    if (known != answers.end()) return known->second;
    double total = 0;
    for (const double value : values)
        total += value;
    answers[key] = total;
    return total;
}
