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

/// How many of the smallest (and of the largest) of `count` sorted samples lie outside the interval for the
/// median whose confidence is at least `confidence`; 0 means that even the whole range is not sure enough.
///
/// This is the sign test turned round: each sample lies below the true median with probability 1/2, whatever
/// the distribution, so the number below it is binomial. No bell curve is assumed; noise on a shared machine
/// has none.
std::size_t samples_outside(std::size_t count, double confidence);

/// The fewest samples for which samples_outside is not 0.
std::size_t fewest_samples(double confidence);

/// The median of independent samples with its sign-test interval. With too few samples the interval is the
/// whole range.
Estimate estimate(std::vector<double> samples, double confidence);

/// Intervals are looked at after every epoch, and measuring stops as soon as they are narrow enough; each
/// look is one more chance to be misled. Asking for 99 % at every look keeps the outcome above 95 %
/// (measured: the A/A test).
inline constexpr double confidence_of_each_look = 0.99;

}  // namespace grading
