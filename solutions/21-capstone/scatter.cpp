// The top of the ladder: the two trees on all processors, and every sum in single precision.
//
// What is put together here, and from where:
//   - pieces of the contour and tiles of the grid in two trees (tree.hpp, scatter-tree): the sums become
//     short. Where tiles would have about as many nodes as points, there is only the sum (scatter-tiles)
//   - one level of tiles after the other, each a parallel loop with a dynamic schedule (scatter-threads)
//   - six digits and no more (scatter-accuracy): float has seven, and sixteen lanes in place of eight
// Float's seven digits are not enough for a phase of 75 radians. But a tile's points are all close to its
// middle, and how far that is from a source is computed once, in double. So float need only hold the rest,
// the difference of two distances, and that is a few radians at most.
#include "scatter.hpp"

#include <omp.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <complex>
#include <cstddef>
#include <numbers>
#include <optional>
#include <span>
#include <vector>

#include "chebyshev.hpp"
#include "hankel.hpp"
#include "scan_line.hpp"
#include "segments.hpp"
#include "tree.hpp"

namespace {

namespace stdx = wave::stdx;
using Complex = std::complex<double>;
using wave::Box;
using wave::Range;
using wave::Segment;
using Digits = wave::Digits7;
using wave::Axis;
using wave::Interval;
using wave::NodeValues;
using wave::Scratch;
using Lanes = stdx::native_simd<float>;

constexpr std::size_t width = Lanes::size();
constexpr auto border_squared = static_cast<float>(Digits::border * Digits::border);

/// A number as the sum of two floats: together they have the digits that a difference of neighbours needs.
struct TwoFloats {
    float high, low;

    explicit TwoFloats(double value)
        : high(static_cast<float>(value)), low(static_cast<float>(value - static_cast<double>(high))) {}

    [[nodiscard]] double value() const { return static_cast<double>(high) + static_cast<double>(low); }
};

/// A source as a tile sees it: coordinates from the tile's middle, in units of 1/k.
struct SeenSource {
    TwoFloats x, y, dipole_x, dipole_y;
    float distance, distance_squared;  ///< from the middle
    float half_turns;                  ///< its own, and those on the way to the middle
    float monopole;
    float wave_real, wave_imaginary;

    SeenSource(const Segment& source, double dx, double dy, double r, double k)
        : x(dx),
          y(dy),
          dipole_x(source.dipole.x / k),
          dipole_y(source.dipole.y / k),
          distance(static_cast<float>(r)),
          distance_squared(static_cast<float>(r * r)),
          half_turns(static_cast<float>(without_whole_turns(source.half_turns + r * std::numbers::inv_pi))),
          monopole(static_cast<float>(source.monopole)),
          wave_real(static_cast<float>(source.wave.x)),
          wave_imaginary(static_cast<float>(source.wave.y)) {}

  private:
    static double without_whole_turns(double half_turns) {
        return half_turns - 2.0 * std::nearbyint(0.5 * half_turns);
    }
};

/// The sources of a tile: those that are in the far range of the Hankel functions for all of its points, and
/// the others.
class SeenSources {
  public:
    void clear() {
        far_.clear();
        close_.clear();
    }
    void add(std::span<const Segment> sources, const Box& tile, double k) {
        const double to_the_corner = k * std::hypot(tile.half_width_x, tile.half_width_y);
        for (const Segment& source : sources) {
            const double x = k * (source.middle.x - tile.x);
            const double y = k * (source.middle.y - tile.y);
            const double r = std::sqrt(x * x + y * y);
            (r - to_the_corner >= Digits::border ? far_ : close_).emplace_back(source, x, y, r, k);
        }
    }
    [[nodiscard]] bool empty() const { return far_.empty() && close_.empty(); }
    [[nodiscard]] std::span<const SeenSource> far() const { return far_; }
    [[nodiscard]] std::span<const SeenSource> close() const { return close_; }

  private:
    std::vector<SeenSource> far_, close_;
};

/// A few vectors of points, and what has been summed up there.
template <std::size_t vectors>
struct Block {
    using All = wave::Pack<Lanes, vectors>;
    All x, y, x_rest, y_rest, squares;
    wave::ComplexOf<All> sum{All(0.0F), All(0.0F)};

    /// For points that are all far from the source. With p the point, s the source and r0 the source's
    /// distance, all seen from the tile's middle: r² = r0² + p · (p − 2 s).
    [[gnu::always_inline]] void add_far(const SeenSource& source) {
        const All more = squares - All(2.0F * source.x.high) * x - All(2.0F * source.y.high) * y;
        const All dipole = All(source.dipole_x.high) * (x - All(source.x.high)) +
                           All(source.dipole_y.high) * (y - All(source.y.high));
        add_from_afar(source, All(source.distance_squared) + more, more, dipole, sum);
    }

    /// For any points.
    [[gnu::always_inline]] void add_close(const SeenSource& source) {
        for (std::size_t v = 0; v < vectors; ++v) {
            const Lanes dx = (x.vectors[v] - source.x.high) + (x_rest.vectors[v] - source.x.low);
            const Lanes dy = (y.vectors[v] - source.y.high) + (y_rest.vectors[v] - source.y.low);
            const Lanes z = dx * dx + dy * dy;
            const Lanes monopole = source.monopole;
            Lanes dipole = source.dipole_x.high * dx + source.dipole_y.high * dy;
            if (const auto is_next_to_it = z < 1.0F; stdx::any_of(is_next_to_it)) [[unlikely]]
                stdx::where(is_next_to_it, dipole) = exact_dipole(source, v);
            const auto near = wave::near_wave<Digits>(z, monopole, dipole);
            Lanes real = near.real * source.wave_real - near.imaginary * source.wave_imaginary;
            Lanes imaginary = near.real * source.wave_imaginary + near.imaginary * source.wave_real;
            if (const auto is_far = z >= border_squared; stdx::any_of(is_far)) {
                wave::ComplexOf<Lanes> far{0.0F, 0.0F};
                add_from_afar(source, z, z - source.distance_squared, dipole, far);
                stdx::where(is_far, real) = far.real;
                stdx::where(is_far, imaginary) = far.imaginary;
            }
            sum.real.vectors[v] += real;
            sum.imaginary.vectors[v] += imaginary;
        }
    }

  private:
    /// Next to a segment the dipole's two products may nearly cancel, and H1 is so large there that it shows.
    [[nodiscard]] Lanes exact_dipole(const SeenSource& source, std::size_t v) const {
        const auto place = [v](const All& high, const All& rest, auto i) {
            return static_cast<double>(high.vectors[v][i]) + static_cast<double>(rest.vectors[v][i]);
        };
        return Lanes([&](auto i) {
            const double dx = place(x, x_rest, i) - source.x.value();
            const double dy = place(y, y_rest, i) - source.y.value();
            return static_cast<float>(source.dipole_x.value() * dx + source.dipole_y.value() * dy);
        });
    }

    /// `more` is by how much r² exceeds r0². The phase wants r − r0 to an absolute 1e-7 or so. The difference
    /// of the two roots has not so many digits, but one step of Newton's method for
    /// (r − r0) (r − r0 + 2 r0) = more has them.
    template <typename T>
    [[gnu::always_inline]] static void add_from_afar(const SeenSource& source, T z, T more, T dipole,
                                                     wave::ComplexOf<T>& result) {
        const wave::Roots<T> roots = wave::roots_of(z);
        const T guess = roots.x - T(source.distance);
        const T error = more - guess * (guess + T(2.0F * source.distance));
        const T longer = guess + error * (T(0.5F) * roots.inverse);
        wave::add_turned_wave<Digits>(
            roots, T(source.monopole), dipole,
            longer * T(static_cast<float>(std::numbers::inv_pi)) + T(source.half_turns), result);
    }
};

/// The points of a tile and their sums; whole vectors, so that the last point may be there several times.
class Points {
  public:
    void clear() {
        for (auto* numbers : {&x_, &y_, &x_rest_, &y_rest_, &squares_})
            numbers->clear();
    }
    /// Coordinates from the tile's middle in units of 1/k.
    void add(double x, double y) {
        const TwoFloats in_x(x), in_y(y);
        x_.push_back(in_x.high);
        y_.push_back(in_y.high);
        x_rest_.push_back(in_x.low);
        y_rest_.push_back(in_y.low);
        squares_.push_back(static_cast<float>(x * x + y * y));
    }
    [[nodiscard]] bool empty() const { return x_.empty(); }
    [[nodiscard]] Complex sum(std::size_t n) const { return {real_[n], imaginary_[n]}; }

    void sum_up(const SeenSources& sources) {
        const std::size_t whole = (x_.size() + width - 1) / width * width;
        for (auto* numbers : {&x_, &y_, &x_rest_, &y_rest_, &squares_})
            numbers->resize(whole, numbers->back());
        real_.assign(whole, 0.0);
        imaginary_.assign(whole, 0.0);
        std::size_t n = 0;
        for (; n + 4 * width <= whole; n += 4 * width)
            sum_up_block<4>(sources, n);
        for (; n + 2 * width <= whole; n += 2 * width)
            sum_up_block<2>(sources, n);
        for (; n < whole; n += width)
            sum_up_block<1>(sources, n);
    }

  private:
    template <std::size_t vectors>
    void sum_up_block(const SeenSources& sources, std::size_t first) {
        const auto loaded = [&](const std::vector<float>& numbers) {
            typename Block<vectors>::All all;
            for (std::size_t v = 0; v < vectors; ++v)
                all.vectors[v].copy_from(&numbers[first + v * width], stdx::element_aligned);
            return all;
        };
        Block<vectors> block{loaded(x_), loaded(y_), loaded(x_rest_), loaded(y_rest_), loaded(squares_)};
        const auto in_chunks = [&](std::span<const SeenSource> all, auto add) {
            while (!all.empty()) {
                const auto chunk = all.first(std::min(all.size(), sources_at_once));
                all = all.subspan(chunk.size());
                for (const SeenSource& source : chunk)
                    add(source);
                flush(block, first);
            }
        };
        in_chunks(sources.far(), [&](const SeenSource& source) { block.add_far(source); });
        in_chunks(sources.close(), [&](const SeenSource& source) { block.add_close(source); });
    }

    /// A sum of hundreds would lose a digit in float.
    template <std::size_t vectors>
    void flush(Block<vectors>& block, std::size_t first) {
        std::array<float, vectors * width> numbers;
        const auto add_to = [&](auto& all, std::vector<double>& sums) {
            for (std::size_t v = 0; v < vectors; ++v)
                all.vectors[v].copy_to(&numbers[v * width], stdx::element_aligned);
            for (std::size_t n = 0; n < numbers.size(); ++n)
                sums[first + n] += static_cast<double>(numbers[n]);
            all = typename Block<vectors>::All(0.0F);
        };
        add_to(block.sum.real, real_);
        add_to(block.sum.imaginary, imaginary_);
    }

    static constexpr std::size_t sources_at_once = 32;
    std::vector<float> x_, y_, x_rest_, y_rest_, squares_;
    std::vector<double> real_, imaginary_;
};

struct Tile {
    std::size_t i, j;
    const Tile* parent;
    NodeValues values;
    std::vector<std::size_t> near;  ///< the pieces that are left to its quarters
};

/// What a thread needs while it works on a tile.
struct Workspace {
    wave::Neighbours neighbours;
    std::vector<std::span<const Segment>> segments;
    SeenSources sources;
    Points points;
    Scratch scratch;
};

class WaveField {
  public:
    WaveField(const Problem& problem, std::span<Complex> field)
        : problem_(problem), field_(field), k_(wave::wavenumber(problem)), levels_(levels_worth_it()) {}

    void compute() {
        std::vector<Tile> tiles, larger_tiles;
#pragma omp parallel
        {
            set_up();
            Workspace workspace;
            if (levels_ == 0) sum_directly(workspace);
            for (std::size_t level = 0; level < levels_; ++level) {
#pragma omp single
                {
                    std::swap(tiles, larger_tiles);
                    tiles = level == 0 ? coarsest_tiles() : quarters(larger_tiles);
                }
#pragma omp for schedule(dynamic)
                for (std::size_t t = 0; t < tiles.size(); ++t)
                    work_on(tiles[t], level, workspace);
            }
        }
    }

  private:
    /// Tiles of so many lines are not cut any further.
    static constexpr std::size_t smallest_tile = 16;

    /// As many levels as have tiles with far more points than nodes: in the others the sums at the points are
    /// as cheap.
    [[nodiscard]] std::size_t levels_worth_it() const {
        constexpr double worth_it = 2.5;
        const std::size_t most =
            Axis::levels_of(std::min(problem_.x.size(), problem_.y.size()), smallest_tile);
        const double half_width_x = 0.5 * k_ * (problem_.x.back() - problem_.x.front());
        const double half_width_y = 0.5 * k_ * (problem_.y.back() - problem_.y.front());
        const auto points = static_cast<double>(field_.size());
        double parts = Axis::coarsest;
        for (std::size_t level = 0; level < most; ++level, parts *= 2.0) {
            const std::size_t nodes = wave::nodes_needed(half_width_x / parts, wave::more_in_a_tile) *
                                      wave::nodes_needed(half_width_y / parts, wave::more_in_a_tile);
            if (points / (parts * parts) < worth_it * static_cast<double>(nodes)) return level;
        }
        return most;
    }

    void set_up() {
#pragma omp sections
        {
#pragma omp section
            contour_.emplace(problem_);
#pragma omp section
            x_.emplace(problem_.x, k_, levels_, Axis::Transposed::yes);
#pragma omp section
            y_.emplace(problem_.y, k_, levels_, Axis::Transposed::no);
#pragma omp section
            inside_.emplace(problem_);
        }
    }

    [[nodiscard]] Complex* point(std::size_t i, std::size_t j) {
        return field_.data() + j * problem_.x.size() + i;
    }

    static std::vector<Tile> coarsest_tiles() {
        std::vector<Tile> tiles;
        for (std::size_t j = 0; j < Axis::coarsest; ++j)
            for (std::size_t i = 0; i < Axis::coarsest; ++i)
                tiles.push_back({i, j, nullptr, {}, {}});
        return tiles;
    }

    /// Of those tiles that left something to them.
    static std::vector<Tile> quarters(const std::vector<Tile>& tiles) {
        std::vector<Tile> result;
        for (const Tile& tile : tiles) {
            if (tile.values.nodes_x == 0) continue;
            for (const std::size_t j : {2 * tile.j, 2 * tile.j + 1})
                for (const std::size_t i : {2 * tile.i, 2 * tile.i + 1})
                    result.push_back({i, j, &tile, {}, {}});
        }
        return result;
    }

    /// Fills the tile's part of the field, or leaves its values and the pieces nearby to its quarters.
    void work_on(Tile& tile, std::size_t level, Workspace& workspace) {
        const Interval& x = x_->at(level, tile.i);
        const Interval& y = y_->at(level, tile.j);
        if (x.lines.size() == 0 || y.lines.size() == 0) return;
        if (inside_->covers(x.lines, y.lines)) return clear_inside(x.lines, y.lines);
        const Box box{x.middle, y.middle, x.half_width, y.half_width};
        const std::vector<std::size_t> everything{contour_->whole()};
        contour_->sort(box, tile.parent != nullptr ? tile.parent->near : everything, workspace.neighbours);
        NodeValues values = tile.parent != nullptr ? wave::resampled(tile.parent->values, y.from_parent,
                                                                     x.from_parent, workspace.scratch)
                                                   : NodeValues(y.nodes.count(), x.nodes.count());
        if (!workspace.neighbours.far.empty()) add_far(values, x, y, workspace);
        const bool large = std::max(x.lines.size(), y.lines.size()) > Axis::largest;
        if (level + 1 < levels_ && (large || !workspace.neighbours.near.empty())) {
            tile.values = std::move(values);
            tile.near = workspace.neighbours.near;
            return;
        }
        wave::interpolate(values, y.to_lines, x.to_lines, point(x.lines.first, y.lines.first),
                          problem_.x.size(), workspace.scratch);
        if (!workspace.neighbours.near.empty())
            add_near(x.lines, y.lines, workspace.neighbours.near, workspace);
        clear_inside(x.lines, y.lines);
    }

    /// What the far pieces' sources send to the nodes.
    void add_far(NodeValues& values, const Interval& x, const Interval& y, Workspace& workspace) const {
        workspace.segments.clear();
        for (const std::size_t number : workspace.neighbours.far)
            workspace.segments.push_back(contour_->piece(number).sources);
        const auto nodes_x = x.nodes.points(), nodes_y = y.nodes.points();
        for_each_patch(nodes_x, nodes_y, [&](Range columns, Range rows) {
            const Box patch = box_of(nodes_x, columns, nodes_y, rows);
            Points& points = workspace.points;
            points.clear();
            for (std::size_t q = rows.first; q < rows.last; ++q)
                for (std::size_t p = columns.first; p < columns.last; ++p)
                    points.add(k_ * (nodes_x[p] - patch.x), k_ * (nodes_y[q] - patch.y));
            sum_up(patch, workspace);
            std::size_t n = 0;
            for (std::size_t q = rows.first; q < rows.last; ++q)
                for (std::size_t p = columns.first; p < columns.last; ++p, ++n)
                    values.add(q, p, points.sum(n));
        });
    }

    /// What these pieces' segments send to the points outside.
    void add_near(Range columns, Range rows, const std::vector<std::size_t>& near, Workspace& workspace) {
        workspace.segments.clear();
        for (const std::size_t number : near)
            workspace.segments.push_back(contour_->segments(number));
        const auto all_x = problem_.x.subspan(columns.first, columns.size());
        const auto all_y = problem_.y.subspan(rows.first, rows.size());
        for_each_patch(all_x, all_y, [&](Range some_columns, Range some_rows) {
            add_near_patch({columns.first + some_columns.first, columns.first + some_columns.last},
                           {rows.first + some_rows.first, rows.first + some_rows.last}, workspace);
        });
    }

    void add_near_patch(Range columns, Range rows, Workspace& workspace) {
        const Box patch = box_of(problem_.x, columns, problem_.y, rows);
        Points& points = workspace.points;
        points.clear();
        for_each_outside(columns, rows, [&](std::size_t i, std::size_t j) {
            points.add(k_ * (problem_.x[i] - patch.x), k_ * (problem_.y[j] - patch.y));
        });
        sum_up(patch, workspace);
        std::size_t n = 0;
        for_each_outside(columns, rows, [&](std::size_t i, std::size_t j) {
            const Complex sum = points.sum(n++);
            Complex& value = *point(i, j);
            value = std::isfinite(sum.real()) ? value + sum : 0.0;  // not at a midpoint
        });
    }

    /// What the workspace's segments send to its points, which lie in the patch.
    void sum_up(const Box& patch, Workspace& workspace) const {
        if (workspace.points.empty()) return;
        workspace.sources.clear();
        for (const auto some : workspace.segments)
            workspace.sources.add(some, patch, k_);
        workspace.points.sum_up(workspace.sources);
    }

    /// Cuts a rectangle of lines into patches that are small enough for float.
    template <typename Action>
    void for_each_patch(std::span<const double> x, std::span<const double> y, Action action) const {
        for_each_part(y,
                      [&](Range rows) { for_each_part(x, [&](Range columns) { action(columns, rows); }); });
    }
    template <typename Action>
    void for_each_part(std::span<const double> lines, Action action) const {
        constexpr double widest = 6.0;  // radians
        std::size_t first = 0;
        const double parts = std::ceil(k_ * (lines.back() - lines.front()) / widest);
        const double step = (lines.back() - lines.front()) / parts;
        for (std::size_t n = 1; n <= lines.size(); ++n) {
            if (n < lines.size() && !(lines[n] - lines[first] > step)) continue;
            action(Range{first, n});
            first = n;
        }
    }

    static Box box_of(std::span<const double> x, Range columns, std::span<const double> y, Range rows) {
        const double left = x[columns.first], right = x[columns.last - 1];
        const double bottom = y[rows.first], top = y[rows.last - 1];
        return {0.5 * (left + right), 0.5 * (bottom + top), 0.5 * (right - left), 0.5 * (top - bottom)};
    }

    template <typename Action>
    void for_each_outside(Range columns, Range rows, Action action) const {
        for (std::size_t j = rows.first; j < rows.last; ++j)
            inside_->for_each_outside(j, columns, [&](Range outside) {
                for (std::size_t i = outside.first; i < outside.last; ++i)
                    action(i, j);
            });
    }

    void clear_inside(Range columns, Range rows) {
        for (std::size_t j = rows.first; j < rows.last; ++j)
            inside_->for_each_inside(j, columns, [&](Range inside) {
                std::fill(point(inside.first, j), point(inside.last, j), Complex(0.0));
            });
    }

    /// Without nodes: tiles are only there to have a middle.
    void sum_directly(Workspace& workspace) {
        constexpr std::size_t lines = 16;
        const std::vector<std::size_t> everything{contour_->whole()};
        const std::size_t across = (problem_.x.size() + lines - 1) / lines;
        const std::size_t down = (problem_.y.size() + lines - 1) / lines;
#pragma omp for schedule(dynamic)
        for (std::size_t tile = 0; tile < across * down; ++tile) {
            const Range columns = part_of(problem_.x.size(), tile % across, across);
            const Range rows = part_of(problem_.y.size(), tile / across, down);
            for (std::size_t j = rows.first; j < rows.last; ++j)
                std::fill(point(columns.first, j), point(columns.last, j), Complex(0.0));
            add_near(columns, rows, everything, workspace);
        }
    }

    static Range part_of(std::size_t lines, std::size_t part, std::size_t parts) {
        return {lines * part / parts, lines * (part + 1) / parts};
    }

    const Problem& problem_;
    std::span<Complex> field_;
    double k_;
    std::size_t levels_;
    std::optional<wave::Contour> contour_;
    std::optional<wave::Inside> inside_;
    std::optional<Axis> x_, y_;
};

}  // namespace

void scatter(const Problem& problem, std::span<Complex> field) {
    WaveField(problem, field).compute();
}
