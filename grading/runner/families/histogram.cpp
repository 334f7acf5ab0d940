// The `histogram` family inside a submission: hands every problem of the batch to the learner's function.
#include "histogram.hpp"

#include "batch.hpp"

extern "C" void faster_scatter_run(const std::byte* inputs, std::byte* outputs) {
    const grading::BatchView batch(inputs, outputs);
    for (std::size_t item = 0; item < batch.items(); ++item) {
        const auto values = batch.input(item, 1);
        // Two bins' numbers lie in each double of the array; nobody reads them as doubles.
        const auto* bins = reinterpret_cast<const std::uint32_t*>(batch.input(item, 0).data());
        histogram({bins, values.size()}, values, batch.output(item, 0));
    }
}
