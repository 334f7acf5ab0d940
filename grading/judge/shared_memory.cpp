// Memory that the judge shares with runners: anonymous files and their seals.
#include "shared_memory.hpp"

#include <sys/mman.h>

#include <fstream>
#include <iterator>
#include <stdexcept>
#include <vector>

namespace grading {
namespace {

Descriptor anonymous_file(const char* name, std::size_t size) {
    Descriptor file(memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING), "cannot make shared memory");
    if (ftruncate(file.get(), static_cast<off_t>(size)) != 0)
        throw std::system_error(errno, std::generic_category(), "cannot size shared memory");
    return file;
}

void seal(const Descriptor& file, int seals) {
    if (fcntl(file.get(), F_ADD_SEALS, seals | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) != 0)
        throw std::system_error(errno, std::generic_category(), "cannot seal shared memory");
}

}  // namespace

SharedMemory::SharedMemory(std::size_t size, Access access) : descriptor_(anonymous_file("area", size)) {
    void* area = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, descriptor_.get(), 0);
    if (area == MAP_FAILED)
        throw std::system_error(errno, std::generic_category(), "cannot map shared memory");
    bytes_ = {static_cast<std::byte*>(area), size};
    seal(descriptor_, access == Access::read_only ? F_SEAL_FUTURE_WRITE : 0);
}

SharedMemory::~SharedMemory() {
    if (!bytes_.empty()) munmap(bytes_.data(), bytes_.size());
}

SharedMemory::SharedMemory(SharedMemory&& other) noexcept
    : descriptor_(std::move(other.descriptor_)), bytes_(std::exchange(other.bytes_, {})) {}

Descriptor sealed_copy(const std::filesystem::path& file) {
    std::ifstream stream(file, std::ios::binary);
    const std::vector<char> content{std::istreambuf_iterator<char>(stream), {}};
    if (!stream.is_open() || stream.bad())
        throw std::runtime_error("cannot read the library " + file.string());
    Descriptor copy = anonymous_file("library", content.size());
    if (pwrite(copy.get(), content.data(), content.size(), 0) != static_cast<ssize_t>(content.size()))
        throw std::system_error(errno, std::generic_category(), "cannot copy " + file.string());
    seal(copy, F_SEAL_WRITE);
    return copy;
}

}  // namespace grading
