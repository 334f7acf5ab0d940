// Which grid points lie inside the obstacle: row by row, where a scan line enters and leaves the contour.
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <vector>

#include "scatter.hpp"

namespace wave {

/// The grid lines first, first + 1, …, last - 1.
struct Range {
    std::size_t first, last;

    [[nodiscard]] std::size_t size() const { return last - first; }
};

/// The points of each row that lie inside, as ranges of columns. The grid lines must ascend.
class Inside {
  public:
    explicit Inside(const Problem& problem) : ranges_(problem.y.size()) {
        std::vector<std::vector<double>> crossings(problem.y.size());
        for (std::size_t s = 0; s + 1 < problem.xc.size(); ++s) {
            const double slope = (problem.xc[s + 1] - problem.xc[s]) / (problem.yc[s + 1] - problem.yc[s]);
            const auto [low, high] = std::minmax(problem.yc[s], problem.yc[s + 1]);
            auto row = std::lower_bound(problem.y.begin(), problem.y.end(), low);
            for (; row != problem.y.end() && *row < high; ++row)
                crossings[static_cast<std::size_t>(row - problem.y.begin())].push_back(
                    problem.xc[s] + slope * (*row - problem.yc[s]));
        }
        for (std::size_t j = 0; j < crossings.size(); ++j) {
            std::sort(crossings[j].begin(), crossings[j].end());
            for (std::size_t c = 0; c + 1 < crossings[j].size(); c += 2) {
                const Range range{column_from(problem, crossings[j][c]),
                                  column_from(problem, crossings[j][c + 1])};
                if (range.size() > 0) ranges_[j].push_back(range);
            }
        }
    }

    [[nodiscard]] std::span<const Range> row(std::size_t j) const { return ranges_[j]; }

    /// Whether all points of a rectangle of the grid lie inside.
    [[nodiscard]] bool covers(Range columns, Range rows) const {
        for (std::size_t j = rows.first; j < rows.last; ++j) {
            const auto covers_row = [&](Range range) {
                return range.first <= columns.first && columns.last <= range.last;
            };
            if (std::none_of(ranges_[j].begin(), ranges_[j].end(), covers_row)) return false;
        }
        return true;
    }

    /// Calls action(range) for all ranges of these columns in row j that lie outside, from left to right.
    template <typename Action>
    void for_each_outside(std::size_t j, Range columns, Action action) const {
        std::size_t first = columns.first;
        for (const Range range : ranges_[j]) {
            const std::size_t last = std::min(range.first, columns.last);
            if (first < last) action(Range{first, last});
            first = std::max(first, range.last);
        }
        if (first < columns.last) action(Range{first, columns.last});
    }

  private:
    static std::size_t column_from(const Problem& problem, double x) {
        return static_cast<std::size_t>(std::lower_bound(problem.x.begin(), problem.x.end(), x) -
                                        problem.x.begin());
    }

    std::vector<std::vector<Range>> ranges_;
};

}  // namespace wave
