// The scattered wave in vectors of points: eight (or four) at a time, and several vectors side by side.
//
// The scalar program does everything right for one pair, and has three obstacles to doing eight at once: a
// branch that pairs take differently, results and coordinates that do not lie side by side, and chains of
// dependent steps, in which a vector waits just as long as a number does. One after the other:
//   1. points in arrays of their own, a vector of them against one segment at a time
//   2. no branch in the loop: it takes the far form, and notes which vectors have a near pair; those are few,
//      and a second loop does them with both forms, each lane keeping the one that holds for it
//   3. several vectors in one pack: their chains fill each other's waiting, and share every coefficient
#include "scatter.hpp"

#include <algorithm>
#include <array>
#include <complex>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "hankel.hpp"
#include "scan_line.hpp"
#include "segments.hpp"

namespace {

namespace stdx = std::experimental;
using Digits = wave::Digits12;
using Lanes = stdx::native_simd<double>;

/// How many vectors are in flight: as many as the registers allow. AVX-512 has twice as many as AVX2.
constexpr std::size_t vectors = Lanes::size() < 8 ? 4 : 8;
constexpr std::size_t block_size = vectors * Lanes::size();
constexpr double border_squared = Digits::border * Digits::border;
using Pack = wave::Pack<Lanes, vectors>;

/// Points side by side, each coordinate in an array of its own, and where their waves go in the field.
struct Block {
    std::array<double, block_size> x;
    std::array<double, block_size> y;
    std::array<std::size_t, block_size> place;
    std::size_t count = 0;
    // ^^^ one block at a time, on the stack: lists of all points would leave the nearest cache
};

Pack load(const std::array<double, block_size>& values) {
    Pack pack;
    for (std::size_t v = 0; v < vectors; ++v) {
        pack.vectors[v].copy_from(&values[v * Lanes::size()], stdx::element_aligned);
    }
    return pack;
}

/// The segments, seen from the points of a block.
class DirectSum {
  public:
    explicit DirectSum(const Problem& problem)
        : segments_(wave::segments_of(problem)),
          k_squared_(problem.kx * problem.kx + problem.ky * problem.ky) {}

    /// Writes the waves at the block's points to their places.
    void compute(Block& block, std::span<std::complex<double>> field) {
        for (std::size_t i = block.count; i < block_size; ++i) {
            block.x[i] = block.x[0];
            block.y[i] = block.y[0];
            // ^^^ the last block is filled up with copies, whose waves nobody will fetch: one kind of loop
            //     instead of two
        }
        x_ = load(block.x);
        y_ = load(block.y);
        sum_ = {Pack(0.0), Pack(0.0)};
        add_far_pairs();
        for (const auto& [segment, v] : mixed_) {
            add_mixed(*segment, v);
        }
        for (std::size_t i = 0; i < block.count; ++i) {
            const std::size_t v = i / Lanes::size();
            const std::size_t lane = i % Lanes::size();
            const std::complex<double> wave(sum_.real.vectors[v][lane], sum_.imaginary.vectors[v][lane]);
            field[block.place[i]] = std::isfinite(wave.real()) ? wave : 0.0;
            // ^^^ a midpoint, where the formula has no value, counts as inside
        }
    }

  private:
    /// No branch that a pair takes and its neighbour does not: the far form for all, and vectors with a near
    /// pair among them, which are few, noted for later.
    void add_far_pairs() {
        mixed_.clear();
        for (const wave::Segment& segment : segments_) {
            const Pack dx = x_ - Pack(segment.middle.x);
            const Pack dy = y_ - Pack(segment.middle.y);
            Pack x_squared = Pack(k_squared_) * (dx * dx + dy * dy);
            Pack monopole = segment.monopole;
            Pack dipole = Pack(segment.dipole.x) * dx + Pack(segment.dipole.y) * dy;
            for (std::size_t v = 0; v < vectors; ++v) {
                if (stdx::any_of(x_squared.vectors[v] < border_squared)) [[unlikely]] {
                    mixed_.emplace_back(&segment, v);
                    x_squared.vectors[v] = border_squared;
                    monopole.vectors[v] = 0.0;
                    dipole.vectors[v] = 0.0;
                    // ^^^ a far pair that sends nothing: the vector keeps its place among the others
                }
            }
            wave::add_far_wave<Digits>(x_squared, monopole, dipole, Pack(segment.half_turns), sum_);
        }
    }

    /// Adds what the segment sends to one vector of points, near or far: both forms for all lanes, and each
    /// lane keeps one. What the other form makes of it, infinities included, does not matter.
    void add_mixed(const wave::Segment& segment, std::size_t v) {
        const Lanes dx = x_.vectors[v] - segment.middle.x;
        const Lanes dy = y_.vectors[v] - segment.middle.y;
        const Lanes x_squared = k_squared_ * (dx * dx + dy * dy);
        const Lanes dipole = segment.dipole.x * dx + segment.dipole.y * dy;
        const Lanes monopole = segment.monopole;
        wave::ComplexOf<Lanes> wave{0.0, 0.0};
        wave::add_far_wave<Digits>(x_squared, monopole, dipole, Lanes(segment.half_turns), wave);
        const auto near = wave::near_wave<Digits>(x_squared, monopole, dipole);
        const auto is_near = x_squared < border_squared;
        stdx::where(is_near, wave.real) = near.real * segment.wave.x - near.imaginary * segment.wave.y;
        stdx::where(is_near, wave.imaginary) = near.real * segment.wave.y + near.imaginary * segment.wave.x;
        sum_.real.vectors[v] += wave.real;
        sum_.imaginary.vectors[v] += wave.imaginary;
    }

    std::vector<wave::Segment> segments_;
    double k_squared_;
    Pack x_, y_;
    wave::ComplexOf<Pack> sum_;
    std::vector<std::pair<const wave::Segment*, std::size_t>> mixed_;
};

}  // namespace

void scatter(const Problem& problem, std::span<std::complex<double>> field) {
    constexpr std::size_t strip = 8;
    const std::size_t columns = problem.x.size();
    const wave::Inside inside(problem);
    DirectSum direct_sum(problem);
    Block block;
    std::fill(field.begin(), field.end(), 0.0);
    for (std::size_t first = 0; first < columns; first += strip) {
        // ^^^ strips of eight columns, from top to bottom, and not row by row: a block that is as wide as the
        //     grid would have some point near to most segments
        for (std::size_t j = 0; j < problem.y.size(); ++j) {
            inside.for_each_outside(j, {first, std::min(first + strip, columns)}, [&](wave::Range outside) {
                for (std::size_t i = outside.first; i < outside.last; ++i) {
                    block.x[block.count] = problem.x[i];
                    block.y[block.count] = problem.y[j];
                    block.place[block.count] = j * columns + i;
                    if (++block.count == block_size) {
                        direct_sum.compute(block, field);
                        block.count = 0;
                    }
                }
            });
        }
    }
    if (block.count > 0) {
        direct_sum.compute(block, field);
    }
}
