// Calls a submission on batches from files, in a program that was compiled with a sanitizer, submission and
// all, or runs under valgrind: what that finds is its output. make sanitize builds one for each source file;
// it is no part of grading.
//
// Arguments: SIGN SECONDS, then FILE OUTPUT_BYTES for each batch (build/bin/work --dump makes them). The file
// SIGN is made in the end: no exit code tells that it has come so far, as a submission may end the program
// with any. It says how many batches were answered, as none is begun after SECONDS.
//
// Compiled anew with each source file: so it includes only what takes no time to compile.
#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

#include "batch.hpp"

#if defined(__SANITIZE_ADDRESS__)  // by GCC; clang's way is older
#define WATCHES_ADDRESSES
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define WATCHES_ADDRESSES
#endif
#endif
#ifdef WATCHES_ADDRESSES
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
          bytes_(static_cast<std::byte*>(std::aligned_alloc(alignment, size_))) {}
    ~Area() {
        allow(bytes_, size_);
        std::free(bytes_);
    }
    Area(const Area&) = delete;
    Area& operator=(const Area&) = delete;

    [[nodiscard]] std::byte* data() const { return bytes_; }

    void forbid_all() const {
#ifdef WATCHES_ADDRESSES
        __asan_poison_memory_region(bytes_, size_);
#endif
    }
    static void allow([[maybe_unused]] const void* begin, [[maybe_unused]] std::size_t size) {
#ifdef WATCHES_ADDRESSES
        __asan_unpoison_memory_region(begin, size);
#endif
    }

  private:
    std::size_t size_;
    std::byte* bytes_;
};

bool read_whole(const char* name, std::size_t size, std::byte* to) {
    std::FILE* file = std::fopen(name, "rb");
    if (file == nullptr) return false;
    const std::size_t read = std::fread(to, 1, size, file);
    std::fclose(file);
    return read == size;
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

/// False if the file cannot be read.
bool run(const char* name, std::size_t output_size) {
    struct stat status = {};
    if (::stat(name, &status) != 0) return false;
    const std::size_t size = static_cast<std::size_t>(status.st_size);
    const Area inputs(size);
    const Area outputs(output_size + alignment);
    if (!read_whole(name, size, inputs.data())) return false;
    const BatchView batch(inputs.data(), outputs.data());
    allow_arrays_only(batch, inputs, outputs);
    faster_scatter_run(inputs.data(), outputs.data());
    give_away(batch);
    return true;
}

double seconds_now() {
    timespec now{};
    ::clock_gettime(CLOCK_MONOTONIC, &now);
    return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

}  // namespace

int main(int argc, char** argv) {
    const double end = seconds_now() + std::atof(argv[2]);
    int answered = 0;
    for (int argument = 3; argument + 1 < argc && seconds_now() < end; argument += 2, ++answered)
        if (!run(argv[argument], std::strtoul(argv[argument + 1], nullptr, 10))) return 1;
    std::FILE* sign = std::fopen(argv[1], "w");
    if (sign == nullptr) return 1;
    const bool written = std::fprintf(sign, "%d\n", answered) > 0;
    return std::fclose(sign) == 0 && written ? 0 : 1;
}
