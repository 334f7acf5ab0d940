// Inside or outside by scan lines: each row is asked once where it crosses the contour, and what lies between
// two crossings is filled in one go.
#include "inside.hpp"

#include <algorithm>
#include <cstddef>
#include <vector>

namespace {

// ^^^ added: the first of these lines, which are in ascending order, that is not below the value.
std::size_t first_from(std::span<const double> lines, double value) {
    return static_cast<std::size_t>(std::lower_bound(lines.begin(), lines.end(), value) - lines.begin());
}

// ^^^ added: the first row that is not below each corner of the contour. A segment crosses the rows from its
// lower corner's to its upper corner's, that one left out. This is the reference's rule in other words: a row
// through a corner crosses one of the two segments there, or both, or none, and a level edge is crossed by no
// row.
std::vector<std::size_t> rows_of_corners(const InsideProblem& problem) {
    std::vector<std::size_t> rows;
    rows.reserve(problem.yc.size());
    for (const double y : problem.yc)
        rows.push_back(first_from(problem.y, y));
    return rows;
}

// ^^^ added: where each row crosses the contour. The crossings of all rows lie in one array, those of row j
// from start[j] to start[j + 1], so that there is one allocation and not one for each row.
struct Crossings {
    std::vector<std::size_t> start;
    std::vector<double> x;
};

// ^^^ added: where each row's crossings begin. A segment adds one crossing to each of its rows: 1 is noted
// where these begin and -1 where they end, and the sum up to row j is the number of its crossings.
std::vector<std::size_t> starts_of_rows(const std::vector<std::size_t>& corners, std::size_t rows) {
    std::vector<std::ptrdiff_t> change(rows + 1);
    for (std::size_t s = 0; s + 1 < corners.size(); ++s) {
        const auto [low, high] = std::minmax(corners[s], corners[s + 1]);
        ++change[low];
        --change[high];
    }
    std::vector<std::size_t> start(rows + 1);
    std::ptrdiff_t crossings = 0;
    for (std::size_t j = 0; j < rows; ++j) {
        crossings += change[j];
        start[j + 1] = start[j] + static_cast<std::size_t>(crossings);
    }
    return start;
}

Crossings find_crossings(const InsideProblem& problem) {
    const std::vector<std::size_t> corners = rows_of_corners(problem);
    Crossings crossings{.start = starts_of_rows(corners, problem.y.size()), .x = {}};
    crossings.x.resize(crossings.start.back());
    std::vector<std::size_t> next = crossings.start;
    for (std::size_t s = 0; s + 1 < corners.size(); ++s) {
        const auto [low, high] = std::minmax(corners[s], corners[s + 1]);
        const double x0 = problem.xc[s];
        const double y0 = problem.yc[s];
        const double width = problem.xc[s + 1] - x0;
        const double height = problem.yc[s + 1] - y0;
        for (std::size_t j = low; j < high; ++j)
            crossings.x[next[j]++] = x0 + width * ((problem.y[j] - y0) / height);
    }
    return crossings;
}

}  // namespace

void inside(const InsideProblem& problem, std::span<unsigned char> mask) {
    // ^^^ changed: the segments are looked at once, not once for each point.
    Crossings crossings = find_crossings(problem);
    const std::size_t columns = problem.x.size();
    std::fill(mask.begin(), mask.end(), 0);
    for (std::size_t j = 0; j < problem.y.size(); ++j) {
        const std::span<double> of_row(crossings.x.data() + crossings.start[j],
                                       crossings.start[j + 1] - crossings.start[j]);
        // ^^^ added: sorted, the crossings come in pairs: into the obstacle, out of it.
        std::sort(of_row.begin(), of_row.end());
        for (std::size_t pair = 0; pair < of_row.size(); pair += 2) {
            const std::size_t enters = first_from(problem.x, of_row[pair]);
            const std::size_t leaves = first_from(problem.x, of_row[pair + 1]);
            const auto filled = mask.subspan(j * columns + enters, leaves - enters);
            std::fill(filled.begin(), filled.end(), 1);
        }
    }
}
