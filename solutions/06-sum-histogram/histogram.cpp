// A histogram on all processors: a copy of the bins for each thread, several of them where there are few
// bins; and where the bins leave the cache, the values are first sorted by blocks of bins.
#include "histogram.hpp"

#include <omp.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <memory>
#include <numeric>
#include <vector>

namespace {

// ^^^ added: the values and bins that the current thread of a team has to do with.
struct Part {
    std::size_t begin;
    std::size_t end;
};

Part part_of_this_thread(std::size_t size) {
    const auto threads = static_cast<std::size_t>(omp_get_num_threads());
    const auto thread = static_cast<std::size_t>(omp_get_thread_num());
    return {size * thread / threads, size * (thread + 1) / threads};
}

// ^^^ added: few bins. Every thread has totals of its own, so there is nothing to be atomic about. And it has
// several copies of each, which take turns: an addition to a bin must wait for the one before it to that bin,
// through memory, and with runs of equal bins that would be every one.
template <std::size_t copies>
void with_copies(std::span<const std::uint32_t> bins, std::span<const double> values,
                 std::span<double> totals) {
    std::ranges::fill(totals, 0.0);
#pragma omp parallel
    {
        std::vector<std::array<double, copies>> own(totals.size());
        const Part part = part_of_this_thread(values.size());
        std::size_t i = part.begin;
        for (; i + copies <= part.end; i += copies)
            for (std::size_t copy = 0; copy < copies; ++copy)
                own[bins[i + copy]][copy] += values[i + copy];
        for (; i < part.end; ++i)
            own[bins[i]][0] += values[i];
#pragma omp critical  // ^^^ added: the threads meet once, and one after the other add what they have.
        for (std::size_t bin = 0; bin < totals.size(); ++bin)
            totals[bin] = std::accumulate(own[bin].begin(), own[bin].end(), totals[bin]);
    }
}

// ^^^ added: more bins. Values in a row seldom meet in the same one, and several copies would only take up
// room in the cache. But adding up the threads' totals is work now, and it is shared, too. And a bin is asked
// for a while before it is needed: where values come in runs, the additions wait for one another, and the
// processor does not get far enough ahead to see by itself which bins come next.
void with_one_copy(std::span<const std::uint32_t> bins, std::span<const double> values,
                   std::span<double> totals) {
    constexpr std::size_t ahead = 64;
    std::vector<std::vector<double>> of_threads(static_cast<std::size_t>(omp_get_max_threads()));
#pragma omp parallel
    {
        std::vector<double>& own = of_threads[static_cast<std::size_t>(omp_get_thread_num())];
        own.resize(totals.size());  // by its thread, so that it lies in that one's cache
        const Part part = part_of_this_thread(values.size());
        std::size_t i = part.begin;
        for (; i + ahead < part.end; ++i) {
            __builtin_prefetch(&own[bins[i + ahead]], 1);
            own[bins[i]] += values[i];
        }
        for (; i < part.end; ++i)
            own[bins[i]] += values[i];
#pragma omp barrier
#pragma omp for nowait
        for (std::size_t bin = 0; bin < totals.size(); ++bin) {
            double total = 0;
            for (const auto& thread : of_threads)
                if (!thread.empty()) total += thread[bin];
            totals[bin] = total;
        }
    }
}

// ^^^ added: a value on its way, in 12 bytes: with a double as its second member it would have 16.
struct Item {
    std::uint32_t bin;
    std::array<std::uint32_t, 2> value;
};

// Room for so many items. It is kept for the next call: each fresh page of memory is an errand for the
// kernel, and all of them together would take longer than all the rest.
std::span<Item> room_for(std::size_t size) {
    static thread_local std::unique_ptr<Item[]> room;
    static thread_local std::size_t room_size = 0;
    if (room_size < size) {
        room = std::make_unique_for_overwrite<Item[]>(size);
        room_size = size;
    }
    return {room.get(), size};
}

constexpr unsigned block_bits = 16;  // 65536 bins, half a megabyte

// How many values of this part fall into each block. Four counters for each take turns, as above.
std::vector<std::size_t> count_blocks(std::span<const std::uint32_t> bins, std::size_t blocks) {
    std::vector<std::array<std::size_t, 4>> counters(blocks);
    std::size_t i = 0;
    for (; i + 4 <= bins.size(); i += 4)
        for (std::size_t counter = 0; counter < 4; ++counter)
            ++counters[bins[i + counter] >> block_bits][counter];
    for (; i < bins.size(); ++i)
        ++counters[bins[i] >> block_bits][0];
    std::vector<std::size_t> counts(blocks);
    for (std::size_t block = 0; block < blocks; ++block)
        counts[block] = std::accumulate(counters[block].begin(), counters[block].end(), std::size_t{0});
    return counts;
}

// ^^^ added: so many bins that each addition would be a trip to memory. Sorted by blocks of bins that fit the
// cache, the values of one block are added there, and a block belongs to one thread at a time.
void in_blocks(std::span<const std::uint32_t> bins, std::span<const double> values,
               std::span<double> totals) {
    const std::size_t blocks = (totals.size() >> block_bits) + 1;
    const auto most_threads = static_cast<std::size_t>(omp_get_max_threads());
    // Where each thread's share of each block begins, block by block, among all sorted items.
    std::vector<std::size_t> start(blocks * most_threads + 1);
    const std::span<Item> sorted = room_for(values.size());
#pragma omp parallel
    {
        const auto thread = static_cast<std::size_t>(omp_get_thread_num());
        const Part part = part_of_this_thread(values.size());
        std::vector<std::size_t> next = count_blocks(bins.subspan(part.begin, part.end - part.begin), blocks);
        for (std::size_t block = 0; block < blocks; ++block)
            start[block * most_threads + thread + 1] = next[block];
#pragma omp barrier
#pragma omp single
        std::partial_sum(start.begin(), start.end(), start.begin());
        for (std::size_t block = 0; block < blocks; ++block)
            next[block] = start[block * most_threads + thread];
        for (std::size_t i = part.begin; i < part.end; ++i) {
            Item* const place = &sorted[next[bins[i] >> block_bits]++];
            *place = {bins[i], std::bit_cast<std::array<std::uint32_t, 2>>(values[i])};
            // Stores leave the processor in order: one that waits for its cache line holds up all those
            // behind it. So each line is asked for a while before it is written. (A prefetch may point
            // anywhere.)
            __builtin_prefetch(place + 8, 1);
        }
#pragma omp barrier
#pragma omp for schedule(dynamic) nowait
        for (std::size_t block = 0; block < blocks; ++block) {
            const std::size_t first = block << block_bits;
            const std::size_t size = std::min(totals.size() - first, std::size_t{1} << block_bits);
            std::ranges::fill(totals.subspan(first, size), 0.0);
            const std::size_t begin = start[block * most_threads];
            for (const Item& item : sorted.subspan(begin, start[(block + 1) * most_threads] - begin))
                totals[item.bin] += std::bit_cast<double>(item.value);
        }
    }
}

}  // namespace

void histogram(std::span<const std::uint32_t> bins, std::span<const double> values,
               std::span<double> totals) {
    // ^^^ added: copies must be cleared and added up, and must find room in the cache.
    constexpr std::size_t very_few = 512;
    constexpr std::size_t few = 4096;
    constexpr std::size_t many = 1500000;
    if (totals.size() <= very_few) return with_copies<8>(bins, values, totals);
    if (totals.size() <= few) return with_copies<4>(bins, values, totals);
    if (totals.size() <= many) return with_one_copy(bins, values, totals);
    in_blocks(bins, values, totals);
}
