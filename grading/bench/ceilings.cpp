// What this machine can do at best, for the roofline of the report: operations and bytes in a second.
//
// The programs that are timed are the judge's own limits: `scatter` of far_arithmetic does arithmetic that
// waits for nothing, `sum` of read_bandwidth reads an array once. The best of several calls counts, as others
// on the machine only ever slow it down. One JSON object goes to standard output.
#include <benchmark/benchmark.h>
#include <omp.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <complex>
#include <functional>
#include <iostream>
#include <nlohmann/json.hpp>
#include <set>
#include <vector>

#include "operations.hpp"
#include "scatter.hpp"
#include "sum.hpp"

namespace {

using nlohmann::json;

constexpr double seconds_for_each = 0.3;

double seconds_of(const std::function<void()>& work) {
    const auto start = std::chrono::steady_clock::now();
    work();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// The shortest time of a call, after one that does not count.
double best_seconds(const std::function<void()>& work) {
    seconds_of(work);
    double best = seconds_of(work);
    for (double spent = best; spent < seconds_for_each;) {
        const double now = seconds_of(work);
        best = std::min(best, now);
        spent += now;
    }
    return best;
}

/// Operations in a second, all threads together, with nothing to wait for.
double arithmetic(int threads) {
    constexpr std::size_t points = 64;
    constexpr std::size_t segments = 1000;
    const std::vector<double> contour(segments + 1);
    const Problem problem{.xc = contour, .yc = contour, .x = {}, .y = {}, .kx = 1, .ky = 0};
    const double seconds = best_seconds([&] {
#pragma omp parallel num_threads(threads)
        {
            std::vector<std::complex<double>> field(points);
            scatter(problem, field);
            benchmark::DoNotOptimize(field.data());
        }
    });
    return threads * static_cast<double>(points * segments) * operations_of_an_interaction / seconds;
}

/// Additions in a second when each waits for the one before.
double one_chain() {
    constexpr int additions = 1'000'000;
    double total = 0;
    const double seconds = best_seconds([&] {
        double step = 1;
        benchmark::DoNotOptimize(step);
        for (int i = 0; i < additions; ++i)
            total += step;
        benchmark::DoNotOptimize(total);
    });
    return additions / seconds;
}

/// Bytes in a second, of an array that was read before.
double reading(const std::vector<double>& values, int threads) {
    omp_set_num_threads(threads);
    return static_cast<double>(values.size() * sizeof(double)) /
           best_seconds([&] { benchmark::DoNotOptimize(sum(values)); });
}

/// An array to read, and whose bandwidth it shows.
struct Place {
    std::string name;
    std::size_t bytes;
};

/// An array of half a cache for each level from the second one on (the first is gone through faster than a
/// call takes), and one that is a multiple of the largest cache, as far as that leaves the machine enough
/// memory.
std::vector<Place> places() {
    constexpr std::size_t most = std::size_t{1} << 30U;
    const std::size_t free_bytes =
        static_cast<std::size_t>(sysconf(_SC_AVPHYS_PAGES)) * static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
    std::vector<Place> found;
    std::size_t largest = std::size_t{1} << 24U;
    for (const auto& cache : benchmark::CPUInfo::Get().caches) {
        if (cache.type == "Instruction" || cache.level < 2) continue;
        const auto size = static_cast<std::size_t>(cache.size);
        found.push_back({"level " + std::to_string(cache.level) + " cache", size / 2});
        largest = std::max(largest, size);
    }
    found.push_back({"memory", std::min({4 * largest, most, free_bytes / 4})});
    return found;
}

json all_readings(const std::set<int>& threads) {
    json readings = json::array();
    for (const Place& place : places()) {
        const std::vector<double> values(place.bytes / sizeof(double), 1.0);
        for (const int count : threads)
            readings.push_back({{"from", place.name},
                                {"array_bytes", place.bytes},
                                {"threads", count},
                                {"bytes_per_second", reading(values, count)}});
    }
    return readings;
}

}  // namespace

int main() {
    const std::set<int> threads{1, omp_get_num_procs()};
    json arithmetics = json::array();
    for (const int count : threads)
        arithmetics.push_back({{"threads", count}, {"operations_per_second", arithmetic(count)}});
    const json ceilings = {
        {"one_chain", one_chain()}, {"arithmetic", arithmetics}, {"reading", all_readings(threads)}};
    std::cout << ceilings.dump() << '\n';
}
