// Calls a submission on batches from files, in a program that was compiled with a sanitizer, submission and
// all, or runs under valgrind: what that finds is its output. make sanitize builds one for each source file;
// it is no part of grading.
//
// Arguments: SIGN SECONDS, then FILE OUTPUT_BYTES for each batch (build/bin/work --dump makes them). The file
// SIGN is made in the end: no exit code tells that it has come so far, as a submission may end the program
// with any. It says how many batches were answered, as none is begun after SECONDS.
#include <fcntl.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "batch.hpp"

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#endif

namespace {

using namespace grading;

constexpr std::size_t alignment = 64;  // as the judge lays arrays out

/// Memory for a batch's inputs or outputs; to touch it outside of its arrays is an error.
class Area {
  public:
    explicit Area(std::size_t size)
        : size_((size + alignment - 1) / alignment * alignment),
          bytes_(static_cast<std::byte*>(std::aligned_alloc(alignment, size_)), &std::free) {}
    ~Area() { allow(bytes_.get(), size_); }
    Area(const Area&) = delete;
    Area& operator=(const Area&) = delete;

    [[nodiscard]] std::byte* data() const { return bytes_.get(); }

    void forbid_all() const {
#if defined(__SANITIZE_ADDRESS__)
        __asan_poison_memory_region(bytes_.get(), size_);
#endif
    }
    static void allow([[maybe_unused]] const void* begin, [[maybe_unused]] std::size_t size) {
#if defined(__SANITIZE_ADDRESS__)
        __asan_unpoison_memory_region(begin, size);
#endif
    }

  private:
    std::size_t size_;
    std::unique_ptr<std::byte, decltype(&std::free)> bytes_;
};

std::vector<char> content_of(const char* file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

std::size_t table_size(const BatchView& batch) {
    const std::size_t arrays = batch.items() * (batch.inputs_per_item() + batch.outputs_per_item());
    return sizeof(BatchHeader) + arrays * sizeof(ArrayPlace);
}

void allow_arrays_only(const BatchView& batch, const Area& inputs, const Area& outputs) {
    const std::size_t table = table_size(batch);
    inputs.forbid_all();
    outputs.forbid_all();
    Area::allow(inputs.data(), table);
    for (std::size_t item = 0; item < batch.items(); ++item) {
        for (std::size_t which = 0; which < batch.inputs_per_item(); ++which)
            Area::allow(batch.input(item, which).data(), batch.input(item, which).size_bytes());
        for (std::size_t which = 0; which < batch.outputs_per_item(); ++which)
            Area::allow(batch.output(item, which).data(), batch.output_bytes(item, which));
    }
}

/// Hands the answers to the system, which does nothing with them: valgrind sees then whether they depend on
/// memory that nobody has given a value. (To compute with it is no error yet.)
void give_away(const BatchView& batch) {
    static const int nowhere = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
    for (std::size_t item = 0; item < batch.items(); ++item)
        for (std::size_t which = 0; which < batch.outputs_per_item(); ++which)
            static_cast<void>(
                !::write(nowhere, batch.output(item, which).data(), batch.output_bytes(item, which)));
}

void run(const char* file, std::size_t output_size) {
    const std::vector<char> content = content_of(file);
    const Area inputs(content.size());
    const Area outputs(output_size + alignment);
    std::memcpy(inputs.data(), content.data(), content.size());
    const BatchView batch(inputs.data(), outputs.data());
    allow_arrays_only(batch, inputs, outputs);
    faster_scatter_run(inputs.data(), outputs.data());
    give_away(batch);
}

}  // namespace

int main(int argc, char** argv) {
    using Clock = std::chrono::steady_clock;
    const std::chrono::duration<double> time(std::stod(argv[2]));
    const auto start = Clock::now();
    int answered = 0;
    for (int argument = 3; argument + 1 < argc && Clock::now() - start < time; argument += 2, ++answered)
        run(argv[argument], std::stoul(argv[argument + 1]));
    return std::ofstream(argv[1]) << answered << '\n' ? 0 : 1;
}
