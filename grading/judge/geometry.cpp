// Obstacles and grids at random.
#include "geometry.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <string_view>
#include <vector>

#include "entry.hpp"

namespace grading {
namespace {

using std::numbers::pi;

/// The course's own obstacle; simple for every phase, since 0.5 < 1.
Point egg(double angle, double phase) {
    return {std::cos(angle + 0.5 * std::sin(angle + phase)), std::sin(angle)};
}

Point ellipse(double angle, double /*phase*/) {
    return {1.3 * std::cos(angle), 0.7 * std::sin(angle)};
}

/// Not convex (Colton and Kress, Inverse Acoustic and Electromagnetic Scattering Theory, section 3.6).
Point kite(double angle, double /*phase*/) {
    return {std::cos(angle) + 0.65 * std::cos(2 * angle) - 0.65, 1.5 * std::sin(angle)};
}

/// Five lobes: a line meets it up to six times.
Point star(double angle, double phase) {
    const double radius = 1 + 0.4 * std::cos(5 * angle + phase);
    return {radius * std::cos(angle), radius * std::sin(angle)};
}

/// An ellipse whose heights are rounded to steps of 1/4, so that many an edge is level. The upper and the
/// lower half keep a distance of at least 1/4.
Point terraces(double angle, double /*phase*/) {
    const double height = std::sin(angle);
    const double step = (std::floor(std::abs(height) * 4) + 0.5) / 4;
    return {1.2 * std::cos(angle), angle <= pi ? step : -step};
}

struct ContourKind {
    std::string_view name;
    Point (*point)(double angle, double phase);  ///< at the angle 0 … 2π, anticlockwise, not crossing itself
    bool turned;
};

constexpr std::array contour_kinds = {ContourKind{"egg", egg, true}, ContourKind{"ellipse", ellipse, true},
                                      ContourKind{"kite", kite, true}, ContourKind{"star", star, true},
                                      ContourKind{"terraces", terraces, false}};

/// The kind of that name; `what` is what there are kinds of.
template <typename Kinds>
const auto& find_kind(const Kinds& kinds, const std::string& what, const std::string& name) {
    std::string names;
    for (const auto& kind : kinds) {
        if (kind.name == name) return kind;
        names += (names.empty() ? "" : ", ") + std::string(kind.name);
    }
    throw ExerciseError("there is no " + what + " \"" + name + "\"; there are " + names);
}

const ContourKind& find_contour(const std::string& name) {
    return find_kind(contour_kinds, "contour", name);
}

/// What lines a grid has along each axis.
struct GridKind {
    std::string_view name, along_x, along_y;
    bool even = false;  ///< all of them equally far apart
};

constexpr std::array grid_kinds = {
    GridKind{"wide", "wide", "wide", true},       GridKind{"close", "close", "close"},
    GridKind{"vertices", "vertices", "vertices"}, GridKind{"touching", "touching", "across"},
    GridKind{"above", "wide", "strip", true},     GridKind{"beside", "strip", "wide", true}};

const GridKind& find_grid(const std::string& name) {
    return find_kind(grid_kinds, "grid", name);
}

void spread_evenly(std::span<double> lines, double first, double last) {
    const auto intervals = static_cast<double>(std::max<std::size_t>(lines.size() - 1, 1));
    for (std::size_t i = 0; i < lines.size(); ++i)
        lines[i] = first + (last - first) * static_cast<double>(i) / intervals;
}

bool rises_to_the_right(std::span<const double> xc, std::span<const double> yc, std::size_t segment) {
    return (xc[segment + 1] > xc[segment]) == (yc[segment + 1] > yc[segment]);
}

/// Lines through contour points: every line meets the contour at a point where two segments join.
void pass_through(std::span<double> lines, std::span<const double> contour) {
    std::vector<double> values(contour.begin(), contour.end() - 1);
    std::sort(values.begin(), values.end());
    for (std::size_t i = 0; i < lines.size(); ++i)
        lines[i] = values[i * values.size() / lines.size()];
}

/// Where a row meets a segment that it crosses.
double crossing(std::span<const double> xc, std::span<const double> yc, std::size_t segment, double row) {
    const double along = (row - yc[segment]) / (yc[segment + 1] - yc[segment]);
    return xc[segment] + along * (xc[segment + 1] - xc[segment]);
}

/// Any of the segments that a row crosses. There are some: the contour reaches above it and below.
std::size_t any_crossed(std::span<const double> yc, double row, Random& random) {
    std::vector<std::size_t> crossed;
    for (std::size_t j = 0; j + 1 < yc.size(); ++j)
        if ((yc[j] > row) != (yc[j + 1] > row)) crossed.push_back(j);
    return crossed[random.below(crossed.size())];
}

/// Columns that meet a row each hardly beside the contour: 2e-9 to 1e-7 to the left or to the right.
void touch(std::span<double> x, std::span<const double> y, std::span<const double> xc,
           std::span<const double> yc, Random& random) {
    for (std::size_t i = 0; i < x.size(); ++i) {
        const double row = y[i % y.size()];
        const double beside = std::pow(10, random.uniform(-8.7, -7));
        x[i] =
            crossing(xc, yc, any_crossed(yc, row, random), row) + (random.below(2) == 1 ? beside : -beside);
    }
    std::sort(x.begin(), x.end());
}

}  // namespace

double distance(Point point, Point start, Point end) {
    const Point along{end.x - start.x, end.y - start.y};
    const Point to{point.x - start.x, point.y - start.y};
    const double position = (to.x * along.x + to.y * along.y) / (along.x * along.x + along.y * along.y);
    const double nearest = std::clamp(position, 0.0, 1.0);
    return std::hypot(to.x - nearest * along.x, to.y - nearest * along.y);
}

void make_contour(const std::string& kind, std::span<double> xc, std::span<double> yc, Random& random) {
    const ContourKind& shape = find_contour(kind);
    const double phase = random.uniform(0, 2 * pi);
    const double turn = random.uniform(0, 2 * pi);
    const double scale = random.uniform(0.8, 1.25);
    const Point centre{random.uniform(-1, 1), random.uniform(-1, 1)};
    const double cosine = shape.turned ? std::cos(turn) : 1;
    const double sine = shape.turned ? std::sin(turn) : 0;
    const std::size_t nc = xc.size() - 1;
    for (std::size_t j = 0; j < nc; ++j) {
        const double angle = 2 * pi * static_cast<double>(j) / static_cast<double>(nc);
        const Point point = shape.point(angle, phase);
        xc[j] = centre.x + scale * (cosine * point.x - sine * point.y);
        yc[j] = centre.y + scale * (sine * point.x + cosine * point.y);
    }
    xc.back() = xc.front();
    yc.back() = yc.front();
}

bool is_convex(std::span<const double> xc, std::span<const double> yc) {
    constexpr double rounding = 1e-12;
    const std::size_t nc = xc.size() - 1;
    bool turns_left = false;
    bool turns_right = false;
    for (std::size_t j = 0; j < nc; ++j) {
        const std::size_t next = (j + 1) % nc;
        const Point here{xc[j + 1] - xc[j], yc[j + 1] - yc[j]};
        const Point then{xc[next + 1] - xc[next], yc[next + 1] - yc[next]};
        const double turn = here.x * then.y - here.y * then.x;
        const double straight = rounding * std::hypot(here.x, here.y) * std::hypot(then.x, then.y);
        turns_left = turns_left || turn > straight;
        turns_right = turns_right || turn < -straight;
    }
    return !(turns_left && turns_right);
}

void check_contour(const std::string& kind) {
    static_cast<void>(find_contour(kind));
}

void check_grid(const std::string& kind) {
    static_cast<void>(find_grid(kind));
}

bool has_even_lines(const std::string& grid) {
    return find_grid(grid).even;
}

void make_grid(const std::string& kind, double wavelength, std::span<const double> xc,
               std::span<const double> yc, std::span<double> x, std::span<double> y, Random& random) {
    const GridKind& grid = find_grid(kind);
    if (grid.along_x == "touching") {
        make_lines(grid.along_y, y, yc, 0, 0, random);
        touch(x, y, xc, yc, random);
        return;
    }
    // The same segment's midpoint on both axes makes a point that is close to it.
    Random same_for_both(random.seed());
    Random again = same_for_both;
    Random ahead = same_for_both;
    make_lines(grid.along_x, x, xc, 5 * wavelength, 3 * wavelength, same_for_both);
    // Beside it, not in line with it, where n.(p - m) nearly vanishes and rounding leaves it few digits.
    const bool rises = grid.along_y == "close" && rises_to_the_right(xc, yc, ahead.below(xc.size() - 1));
    make_lines(rises ? "close, below" : grid.along_y, y, yc, 3 * wavelength, 4 * wavelength, again);
}

void make_lines(std::string_view kind, std::span<double> lines, std::span<const double> contour,
                double before, double after, Random& random) {
    const auto [low, high] = std::minmax_element(contour.begin(), contour.end());
    if (kind == "wide") return spread_evenly(lines, *low - before, *high + after);
    if (kind == "vertices") return pass_through(lines, contour);
    if (kind == "strip") return spread_evenly(lines, *high + 0.25, *high + 0.5);
    if (kind == "across") {
        const double step = (*high - *low) / static_cast<double>(lines.size() + 1);
        return spread_evenly(lines, *low + step, *high - step);
    }
    spread_evenly(lines, *low - 0.1, *high + 0.1);
    const std::size_t segment = random.below(contour.size() - 1);
    const double beyond = random.uniform(1e-7, 1e-6) * (kind == "close" ? 1 : -1);
    lines[lines.size() / 2] = (contour[segment] + contour[segment + 1]) / 2 + beyond;
    std::sort(lines.begin(), lines.end());
}

void draw_lines(std::span<const double> lines, std::span<double> drawn, Random& random) {
    const double step = static_cast<double>(lines.size()) / static_cast<double>(drawn.size());
    const double start = random.uniform(0, step);
    for (std::size_t i = 0; i < drawn.size(); ++i) {
        const auto line = static_cast<std::size_t>(start + static_cast<double>(i) * step);
        drawn[i] = lines[std::min(line, lines.size() - 1)];
    }
}

std::size_t points_outside(std::span<const double> xc, std::span<const double> yc, std::span<const double> x,
                           std::span<const double> y) {
    std::vector<std::vector<double>> crossings(y.size());  // where each row meets the contour
    for (std::size_t j = 0; j + 1 < xc.size(); ++j) {
        const auto [low, high] = std::minmax(yc[j], yc[j + 1]);
        for (auto row = std::lower_bound(y.begin(), y.end(), low); row != y.end() && *row < high; ++row)
            crossings[static_cast<std::size_t>(row - y.begin())].push_back(crossing(xc, yc, j, *row));
    }
    std::size_t outside = x.size() * y.size();
    for (auto& row : crossings) {
        std::sort(row.begin(), row.end());
        for (std::size_t pair = 0; pair + 1 < row.size(); pair += 2) {
            const auto enters = std::lower_bound(x.begin(), x.end(), row[pair]);
            outside -= static_cast<std::size_t>(std::lower_bound(enters, x.end(), row[pair + 1]) - enters);
        }
    }
    return outside;
}

std::vector<std::size_t> places_of(std::span<const double> lines, std::span<const double> all) {
    std::vector<std::size_t> places;
    for (std::size_t i = 0; i < lines.size(); ++i) {
        const auto found = std::lower_bound(all.begin(), all.end(), lines[i]);
        places.push_back(lines.size() == all.size() ? i : static_cast<std::size_t>(found - all.begin()));
    }
    return places;
}

}  // namespace grading
