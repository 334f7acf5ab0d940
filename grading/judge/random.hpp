// Random numbers for the judge's inputs: one engine, three small draws.
#pragma once

#include <cstdint>
#include <random>

namespace grading {

class Random {
  public:
    explicit Random(std::uint64_t seed) : engine_(seed) {}

    /// A double in [low, high), from the engine's upper 53 bits; much quicker than the standard distribution,
    /// which matters for millions of values in each round.
    double uniform(double low, double high) {
        constexpr double to_unit = 0x1p-53;
        return low + (high - low) * static_cast<double>(engine_() >> 11U) * to_unit;
    }

    /// A whole number below `bound` (which is small against 2^64).
    std::size_t below(std::size_t bound) { return static_cast<std::size_t>(engine_() % bound); }

    /// A seed for a generator of its own.
    std::uint64_t seed() { return engine_(); }

    std::mt19937_64& engine() { return engine_; }

  private:
    std::mt19937_64 engine_;
};

}  // namespace grading
