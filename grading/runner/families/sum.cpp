// The `sum` family inside a submission: hands every array of the batch to the learner's function.
#include "sum.hpp"

#include "batch.hpp"

extern "C" void faster_scatter_run(const std::byte* inputs, std::byte* outputs) {
    const grading::BatchView batch(inputs, outputs);
    for (std::size_t item = 0; item < batch.items(); ++item)
        batch.output(item, 0)[0] = sum(batch.input(item, 0));
}
