// Random numbers for the judge's inputs: one engine, a few small draws, and seeds that nobody can foretell.
#pragma once

#include <bit>
#include <cstdint>
#include <random>
#include <span>

namespace grading {

/// The seed of batch number `number`, from the seed of the whole run: SipHash-2-4 (Aumasson and Bernstein,
/// 2012) of the number, with the run's seed as its key. A submission sees every number of its batches, which
/// is enough to find out an engine's state and so its seed; this seed must not tell it the next one, or it
/// could compute answers ahead of the clock.
inline std::uint64_t batch_seed(std::uint64_t run_seed, std::uint64_t number) {
    std::uint64_t v0 = run_seed ^ 0x736f6d6570736575U;
    std::uint64_t v1 = 0x646f72616e646f6dU;
    std::uint64_t v2 = run_seed ^ 0x6c7967656e657261U;
    std::uint64_t v3 = 0x7465646279746573U;
    const auto rounds = [&](int count) {
        for (int round = 0; round < count; ++round) {
            v0 += v1;
            v2 += v3;
            v1 = std::rotl(v1, 13) ^ v0;
            v3 = std::rotl(v3, 16) ^ v2;
            v0 = std::rotl(v0, 32) + v3;
            v2 += v1;
            v1 = std::rotl(v1, 17) ^ v2;
            v3 = std::rotl(v3, 21) ^ v0;
            v2 = std::rotl(v2, 32);
        }
    };
    for (const std::uint64_t word : {number, std::uint64_t{8} << 56U}) {
        v3 ^= word;
        rounds(2);
        v0 ^= word;
    }
    v2 ^= 0xffU;
    rounds(4);
    return v0 ^ v1 ^ v2 ^ v3;
}

class Random {
  public:
    explicit Random(std::uint64_t seed) : engine_(seed) {}

    /// A double in [low, high), from the engine's upper 53 bits; much quicker than the standard distribution,
    /// which matters for millions of values in each round.
    double uniform(double low, double high) { return between(low, high, engine_()); }

    /// Doubles in [low, high) for a whole array: SplitMix64 (Steele, Lea and Flood, OOPSLA 2014) from the
    /// engine's next number on, several times as quick as the engine itself.
    void fill_uniform(std::span<double> values, double low, double high) {
        std::uint64_t state = engine_();
        for (double& value : values) {
            state += 0x9e3779b97f4a7c15U;
            std::uint64_t mixed = (state ^ (state >> 30U)) * 0xbf58476d1ce4e5b9U;
            mixed = (mixed ^ (mixed >> 27U)) * 0x94d049bb133111ebU;
            value = between(low, high, mixed ^ (mixed >> 31U));
        }
    }

    /// A whole number below `bound` (which is small against 2^64).
    std::size_t below(std::size_t bound) { return static_cast<std::size_t>(engine_() % bound); }

    /// A seed for a generator of its own.
    std::uint64_t seed() { return engine_(); }

    std::mt19937_64& engine() { return engine_; }

  private:
    static double between(double low, double high, std::uint64_t bits) {
        constexpr double to_unit = 0x1p-53;
        return low + (high - low) * static_cast<double>(bits >> 11U) * to_unit;
    }

    std::mt19937_64 engine_;
};

}  // namespace grading
