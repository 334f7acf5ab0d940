// Which points of a grid lie outside of a closed polygon, by a scan line: each side is asked which rows it
// crosses, instead of each point which sides it sees. The lesson 13-scatter-inside builds it.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <vector>

#include "scatter.hpp"

namespace wave {

/// Where the sides of the polygon cross the rows of the grid. A point is inside when an odd number of
/// crossings of its row lies to the right of it.
class Crossings {
  public:
    explicit Crossings(const Problem& problem) : problem_(problem), of_row_(problem.y.size()) {
        std::vector<std::size_t> rows(problem.y.size());  // from the lowest to the highest
        std::iota(rows.begin(), rows.end(), std::size_t{0});
        const auto height = [&](std::size_t row) { return problem.y[row]; };
        std::ranges::sort(rows, {}, height);
        for (std::size_t s = 0; s + 1 < problem.xc.size(); ++s) {
            const auto [low, high] = std::minmax(problem.yc[s], problem.yc[s + 1]);
            // A side spans low <= y < high, so that a corner belongs to one of its two sides.
            const auto first = std::ranges::lower_bound(rows, low, {}, height);
            const auto last = std::ranges::lower_bound(rows, high, {}, height);
            for (auto row = first; row < last; ++row)
                of_row_[*row].push_back(crossing(s, problem.y[*row]));
        }
    }

    /// The indices i of the points of a row that lie outside, in ascending order, appended to `columns`.
    void append_outside(std::size_t row, std::vector<std::uint32_t>& columns) const {
        const auto& crossings = of_row_[row];
        for (std::size_t i = 0; i < problem_.x.size(); ++i) {
            bool inside = false;
            for (const double x : crossings)
                inside = inside != (problem_.x[i] < x);
            if (!inside) columns.push_back(static_cast<std::uint32_t>(i));
        }
    }

  private:
    [[nodiscard]] double crossing(std::size_t s, double y) const {
        const double x0 = problem_.xc[s];
        const double y0 = problem_.yc[s];
        return x0 + (problem_.xc[s + 1] - x0) * (y - y0) / (problem_.yc[s + 1] - y0);
    }

    const Problem& problem_;
    std::vector<std::vector<double>> of_row_;
};

}  // namespace wave
