// Several chains of additions: eight SIMD accumulators, so that no addition waits for the one just before it.
#include "sum.hpp"

#include <array>
#include <experimental/simd>

namespace {

// ^^^ added: a vector of as many doubles as one register of this processor holds (2, 4 or 8). One instruction
// adds them all, each lane a chain of its own.
using Vector = std::experimental::native_simd<double>;

// ^^^ added: an addition takes 2 to 4 cycles and a processor starts 1 or 2 of them in each, so 4 to 8 must be
// under way at any time. More chains than that gain nothing, and beyond 16 or 32 they no longer fit the
// registers.
constexpr std::size_t chains = 8;

}  // namespace

double sum(std::span<const double> values) {
    constexpr std::size_t width = Vector::size();
    constexpr std::size_t stride = chains * width;

    // ^^^ changed: `chains` totals instead of one. Each iteration adds to every one of them once; the
    // additions within an iteration do not depend on each other, and that is the whole trick.
    std::array<Vector, chains> totals{};
    std::size_t i = 0;
    for (; i + stride <= values.size(); i += stride)
        for (std::size_t chain = 0; chain < chains; ++chain)
            // element_aligned: a span of doubles promises an address that a double may have, not a vector.
            totals[chain] += Vector(&values[i + chain * width], std::experimental::element_aligned);

    // ^^^ added: what is left, first in whole vectors, then one by one.
    for (; i + width <= values.size(); i += width)
        totals[0] += Vector(&values[i], std::experimental::element_aligned);
    double rest = 0;
    for (; i < values.size(); ++i)
        rest += values[i];

    // ^^^ added: the chains meet only here, once for the whole array.
    Vector total = totals[0];
    for (std::size_t chain = 1; chain < chains; ++chain)
        total += totals[chain];
    return std::experimental::reduce(total) + rest;
}
