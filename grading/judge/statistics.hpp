// Medians and their intervals: what the figures of a verdict rest on.
#pragma once

#include <cstddef>
#include <vector>

namespace grading {

/// A median and the interval that holds the true one.
struct Estimate {
    double median;
    double low;
    double high;
};

/// The median; the mean of the two in the middle for an even number. Throws std::invalid_argument for no
/// values.
double median(std::vector<double> values);

/// Which of `count` sorted samples are the ends of the narrowest interval that holds the median with at least
/// this confidence: with 1 the smallest and the largest, with 2 the second ones from either end, and so on; 0
/// means that even the whole range is not sure enough.
///
/// This is the sign test turned round: each sample lies below the true median with probability 1/2, whatever
/// the distribution, so the number below it is binomial. No bell curve is assumed; noise on a shared machine
/// has none.
std::size_t rank_of_ends(std::size_t count, double confidence);

/// The fewest samples for which rank_of_ends is not 0.
std::size_t fewest_samples(double confidence);

/// The median of independent samples with its sign-test interval. With too few samples the interval is the
/// whole range.
Estimate estimate(std::vector<double> samples, double confidence);

/// Intervals are looked at after every epoch, and measuring stops as soon as they are narrow enough; each
/// look is one more chance to be misled. Asking for 99 % at every look keeps the outcome above 95 %
/// (measured: the A/A test).
inline constexpr double confidence_of_each_look = 0.99;

}  // namespace grading
