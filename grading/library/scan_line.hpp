// Which points of a grid lie inside of a closed polygon, by a scan line: each side is asked which rows it
// crosses, instead of each point which sides it sees. The lesson 13-scatter-inside builds it. The grid lines
// must ascend.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "scatter.hpp"

namespace wave {

/// The grid lines first, first + 1, …, last - 1.
struct Range {
    std::size_t first, last;

    [[nodiscard]] std::size_t size() const { return last - first; }
};

/// The points of each row that lie inside, as ranges of columns.
class Inside {
  public:
    explicit Inside(const Problem& problem) : columns_(problem.x.size()), start_(problem.y.size() + 1) {
        const std::vector<std::size_t> corners = rows_of_corners(problem);
        std::vector<double> crossings = count_crossings(corners);
        std::vector<std::size_t> next = start_;
        for (std::size_t s = 0; s + 1 < corners.size(); ++s) {
            const auto [low, high] = std::minmax(corners[s], corners[s + 1]);
            const double x0 = problem.xc[s], width = problem.xc[s + 1] - x0;
            const double y0 = problem.yc[s], height = problem.yc[s + 1] - y0;
            for (std::size_t row = low; row < high; ++row)
                crossings[next[row]++] = x0 + width * ((problem.y[row] - y0) / height);
        }
        pair_up(problem, crossings);
    }

    [[nodiscard]] std::span<const Range> row(std::size_t j) const {
        return std::span(ranges_).subspan(start_[j], start_[j + 1] - start_[j]);
    }

    /// Whether all points of a rectangle of the grid lie inside.
    [[nodiscard]] bool covers(Range columns, Range rows) const {
        const auto covers_columns = [&](Range range) {
            return range.first <= columns.first && columns.last <= range.last;
        };
        for (std::size_t j = rows.first; j < rows.last; ++j)
            if (std::ranges::none_of(row(j), covers_columns)) return false;
        return true;
    }

    /// Calls action(range) for all ranges of these columns in row j that lie outside, from left to right.
    template <typename Action>
    void for_each_outside(std::size_t j, Range columns, Action action) const {
        std::size_t first = columns.first;
        for (const Range range : row(j)) {
            const std::size_t last = std::min(range.first, columns.last);
            if (first < last) action(Range{first, last});
            first = std::max(first, range.last);
        }
        if (first < columns.last) action(Range{first, columns.last});
    }

    /// The same for those that lie inside.
    template <typename Action>
    void for_each_inside(std::size_t j, Range columns, Action action) const {
        for (const Range range : row(j)) {
            const Range common{std::max(range.first, columns.first), std::min(range.last, columns.last)};
            if (common.first < common.last) action(common);
        }
    }

    /// The columns of the points of a row that lie outside, in ascending order, appended to `columns`.
    void append_outside(std::size_t j, std::vector<std::uint32_t>& columns) const {
        for_each_outside(j, {0, columns_}, [&](Range range) {
            for (std::size_t i = range.first; i < range.last; ++i)
                columns.push_back(static_cast<std::uint32_t>(i));
        });
    }

  private:
    static std::size_t first_from(std::span<const double> lines, double value) {
        return static_cast<std::size_t>(std::ranges::lower_bound(lines, value) - lines.begin());
    }

    /// The first row that is not below each corner. A side crosses the rows from its lower corner's to its
    /// upper corner's, that one left out, so that a row through a corner belongs to one of the two sides.
    static std::vector<std::size_t> rows_of_corners(const Problem& problem) {
        std::vector<std::size_t> rows(problem.yc.size());
        std::ranges::transform(problem.yc, rows.begin(), [&](double y) { return first_from(problem.y, y); });
        return rows;
    }

    /// Fills start_ with where the crossings of each row begin, and returns room for all of them.
    std::vector<double> count_crossings(const std::vector<std::size_t>& corners) {
        std::vector<std::ptrdiff_t> change(start_.size());
        for (std::size_t s = 0; s + 1 < corners.size(); ++s) {
            const auto [low, high] = std::minmax(corners[s], corners[s + 1]);
            ++change[low];
            --change[high];
        }
        std::ptrdiff_t of_row = 0;
        for (std::size_t j = 0; j + 1 < start_.size(); ++j) {
            of_row += change[j];
            start_[j + 1] = start_[j] + static_cast<std::size_t>(of_row);
        }
        return std::vector<double>(start_.back());
    }

    /// Sorted, the crossings of a row come in pairs: into the polygon, out of it.
    void pair_up(const Problem& problem, std::vector<double>& crossings) {
        ranges_.reserve(crossings.size() / 2);
        std::size_t first = 0;
        for (std::size_t j = 0; j + 1 < start_.size(); ++j) {
            const std::span row = std::span(crossings).subspan(first, start_[j + 1] - first);
            first = start_[j + 1];
            start_[j] = ranges_.size();
            std::ranges::sort(row);
            for (std::size_t c = 0; c + 1 < row.size(); c += 2) {
                const Range range{first_from(problem.x, row[c]), first_from(problem.x, row[c + 1])};
                if (range.size() > 0) ranges_.push_back(range);
            }
        }
        start_.back() = ranges_.size();
    }

    std::size_t columns_;
    std::vector<std::size_t> start_;  ///< of each row's crossings at first, then of its ranges
    std::vector<Range> ranges_;
};

}  // namespace wave
