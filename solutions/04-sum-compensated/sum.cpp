// Kahan's sum in SIMD lanes: eight vectors of sums that do not wait for each other, brought together without
// loss at the end.
#include "sum.hpp"

#include <algorithm>
#include <array>
#include <experimental/simd>

namespace {

// ^^^ added: a vector of as many doubles as one register of this processor holds.
using Vector = std::experimental::native_simd<double>;

// ^^^ added: a Kahan step is four operations, each waiting for the one before it. So each chain has one of
// them under way at any time, and an operation on a vector takes up to four cycles while two can begin in
// each: eight chains keep both units busy.
constexpr std::size_t chains = 8;

// ^^^ added: for arrays in memory. A processor loads what comes later while it waits, as far ahead as its
// queue of waiting operations reaches: four for each vector here, so that it reaches a quarter as far as in a
// plain sum, and half of the memory's bandwidth lay idle. Asking so many values (4 KiB) ahead needs no
// waiting.
constexpr std::size_t ahead = 512;

// ^^^ changed: the reference's two variables and its four operations, for a double or a vector of doubles.
template <typename Number>
struct Compensated {
    Number total{};
    Number excess{};  // what the total has too much, from rounding

    void add(const Number& value) {
        const Number corrected = value - excess;
        const Number next = total + corrected;
        excess = (next - total) - corrected;
        total = next;
    }

    // ^^^ added: Knuth's TwoSum of the totals. Unlike Kahan's step it finds the rounding error whichever of
    // the two is larger, and with it nothing is lost where the lanes meet.
    void merge(const Number& other_total, const Number& other_excess) {
        const Number next = total + other_total;
        const Number taken = next - total;
        const Number lost = (total - (next - taken)) + (other_total - taken);
        excess += other_excess - lost;
        total = next;
    }
};

}  // namespace

double sum(std::span<const double> values) {
    constexpr std::size_t width = Vector::size();
    constexpr std::size_t stride = chains * width;
    const auto vector_at = [&](std::size_t i) {
        return Vector(&values[i], std::experimental::element_aligned);
    };

    // ^^^ changed: chains * width sums instead of one; those of one iteration do not wait for each other.
    std::array<Compensated<Vector>, chains> sums{};
    std::size_t i = 0;
    for (; i + stride <= values.size(); i += stride) {
        const double* later = &values[std::min(i + ahead, values.size() - stride)];
        for (std::size_t chain = 0; chain < chains; ++chain) {
            __builtin_prefetch(later + chain * width);
            sums[chain].add(vector_at(i + chain * width));
        }
    }

    // ^^^ added: what is left, first in whole vectors, then one by one.
    for (; i + width <= values.size(); i += width)
        sums[0].add(vector_at(i));
    Compensated<double> total;
    for (; i < values.size(); ++i)
        total.add(values[i]);

    // ^^^ added: vectors into one vector, lanes into one number. A plain + here would round as often as there
    // are lanes, and the whole trouble was in vain.
    for (std::size_t chain = 1; chain < chains; ++chain)
        sums[0].merge(sums[chain].total, sums[chain].excess);
    for (std::size_t lane = 0; lane < width; ++lane)
        total.merge(sums[0].total[lane], sums[0].excess[lane]);
    return total.total - total.excess;
}
