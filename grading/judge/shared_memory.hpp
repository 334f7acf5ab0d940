// Memory that the judge shares with runners: who may write it is decided here, by the kernel's seals.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>

#include "descriptor.hpp"

namespace grading {

/// An anonymous file, mapped writable here. Movable, not copyable.
class SharedMemory {
  public:
    enum class Access {
        read_only,  ///< nobody but this mapping can ever write
        writable,   ///< whoever gets the descriptor can write; nobody can change the size
    };

    /// Throws std::system_error when the memory cannot be had.
    SharedMemory(std::size_t size, Access access);
    ~SharedMemory();
    SharedMemory(SharedMemory&& other) noexcept;
    SharedMemory& operator=(SharedMemory&&) = delete;
    SharedMemory(const SharedMemory&) = delete;
    SharedMemory& operator=(const SharedMemory&) = delete;

    [[nodiscard]] int descriptor() const { return descriptor_.get(); }
    [[nodiscard]] std::span<std::byte> bytes() const { return bytes_; }

  private:
    Descriptor descriptor_;
    std::span<std::byte> bytes_;
};

/// A sealed copy of a file, so that what is judged cannot change under the judge's eyes and needs no path to
/// be read. Throws std::runtime_error with a sentence when the file cannot be read.
Descriptor sealed_copy(const std::filesystem::path& file);

}  // namespace grading
