// Medians and their intervals: order statistics and the binomial distribution.
#include "statistics.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace grading {
namespace {

/// The probability that a fair coin thrown `throws` times shows heads exactly `heads` times.
double binomial_half(std::size_t throws, std::size_t heads) {
    const auto n = static_cast<double>(throws);
    const auto k = static_cast<double>(heads);
    return std::exp(std::lgamma(n + 1) - std::lgamma(k + 1) - std::lgamma(n - k + 1) - n * std::log(2.0));
}

}  // namespace

double median(std::vector<double> values) {
    if (values.empty()) throw std::invalid_argument("the median of no values");
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    if (values.size() % 2 == 1) return *middle;
    return (*middle + *std::max_element(values.begin(), middle)) / 2;
}

std::size_t rank_of_ends(std::size_t count, double confidence) {
    double outside = 0;
    std::size_t rank = 0;
    for (std::size_t k = 1; 2 * k <= count; ++k) {
        outside += 2 * binomial_half(count, k - 1);
        if (outside > 1 - confidence) break;
        rank = k;
    }
    return rank;
}

std::size_t fewest_samples(double confidence) {
    std::size_t count = 2;
    while (rank_of_ends(count, confidence) == 0)
        ++count;
    return count;
}

Estimate estimate(std::vector<double> samples, double confidence) {
    const double middle = median(samples);
    std::sort(samples.begin(), samples.end());
    const std::size_t rank = std::max<std::size_t>(1, rank_of_ends(samples.size(), confidence));
    return {.median = middle, .low = samples[rank - 1], .high = samples[samples.size() - rank]};
}

}  // namespace grading
