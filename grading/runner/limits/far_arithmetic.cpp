// The limit of a direct sum of scattered waves to twelve digits: as many multiply-adds as the far form of one
// interaction has operations, for every point and segment, none of which waits for another or needs memory.
// The result means nothing.
#include <array>
#include <cstddef>
#include <experimental/simd>

#include "operations.hpp"
#include "scatter.hpp"

namespace {

namespace stdx = std::experimental;
using Lanes = stdx::native_simd<double>;

constexpr std::size_t chains = 16;

}  // namespace

void scatter(const Problem& problem, std::span<std::complex<double>> field) {
    std::array<Lanes, chains> values;
    values.fill(problem.kx);
    const Lanes factor = 0.5;
    const std::size_t pairs = field.size() * (problem.xc.size() - 1);
    const std::size_t rounds =
        (pairs * operations_of_an_interaction + chains * Lanes::size() - 1) / (chains * Lanes::size());
    for (std::size_t round = 0; round < rounds; ++round)
        for (Lanes& value : values)
            value = value * factor + factor;
    for (const Lanes& other : values)
        values[0] += other;
    field[0] = stdx::reduce(values[0]);
}
