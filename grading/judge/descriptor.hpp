// A file descriptor with an owner.
#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <system_error>
#include <utility>

namespace grading {

class Descriptor {
  public:
    Descriptor() = default;
    /// Takes over `descriptor`, moved above those numbers that a runner's own descriptors will have. Throws
    /// std::system_error, naming `what`, when `descriptor` is -1.
    Descriptor(int descriptor, const std::string& what) {
        constexpr int above_runners_own = 16;
        if (descriptor < 0) throw std::system_error(errno, std::generic_category(), what);
        descriptor_ = fcntl(descriptor, F_DUPFD_CLOEXEC, above_runners_own);
        const int error = errno;
        close(descriptor);
        if (descriptor_ < 0) throw std::system_error(error, std::generic_category(), what);
    }
    ~Descriptor() { reset(); }
    Descriptor(Descriptor&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
    Descriptor& operator=(Descriptor&& other) noexcept {
        std::swap(descriptor_, other.descriptor_);
        return *this;
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;

    [[nodiscard]] int get() const { return descriptor_; }

    void reset() {
        if (descriptor_ >= 0) close(descriptor_);
        descriptor_ = -1;
    }

  private:
    int descriptor_ = -1;
};

}  // namespace grading
