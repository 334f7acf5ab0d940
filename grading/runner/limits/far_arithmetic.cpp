// The limit of a direct sum of scattered waves to twelve digits: as many operations as the far form of one
// interaction has, for every point and segment, none of which waits for another or needs memory. The result
// means nothing.
#include <array>
#include <cstddef>
#include <experimental/simd>

#include "operations.hpp"
#include "scatter.hpp"

namespace {

namespace stdx = std::experimental;
using Lanes = stdx::native_simd<double>;

/// Enough chains of multiply-adds for two to begin in each cycle, and few enough for sixteen registers.
constexpr std::size_t chains = 12;
constexpr std::size_t multiplications = 2 * chains;
/// As many in proportion as an interaction has: 3.
constexpr std::size_t additions = multiplications *
                                  (operations_of_an_interaction - multiplications_of_an_interaction) /
                                  multiplications_of_an_interaction;

}  // namespace

void scatter(const Problem& problem, std::span<std::complex<double>> field) {
    std::array<Lanes, chains> products;
    std::array<Lanes, additions> sums;
    products.fill(problem.kx);
    sums.fill(problem.kx);
    const Lanes factor = 0.5;
    constexpr std::size_t at_once = (multiplications + additions) * Lanes::size();
    const std::size_t pairs = field.size() * (problem.xc.size() - 1);
    const std::size_t rounds = (pairs * operations_of_an_interaction + at_once - 1) / at_once;
    for (std::size_t round = 0; round < rounds; ++round) {
        for (std::size_t turn = 0; turn < multiplications / chains; ++turn)
            for (Lanes& product : products)
                product = product * factor + factor;
        for (Lanes& sum : sums)
            sum += factor;
    }
    for (const Lanes& sum : sums)
        products[0] += sum;
    for (const Lanes& product : products)
        products[0] += product;
    field[0] = stdx::reduce(products[0]);
}
