// Files that appear whole or not at all: each is written under a temporary name and then renamed.
#include "output_file.hpp"

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <utility>

#include "command_line.hpp"

namespace baseline {
namespace {

/// The file itself where `path` is a symbolic link to it, so that renaming replaces the file and not the
/// link.
std::string resolved(const std::string& path) {
    std::error_code error;
    const std::filesystem::path target = std::filesystem::weakly_canonical(path, error);
    return error ? path : target.string();
}

/// A name in the same folder that no other program uses.
std::string temporary_name(const std::string& path) {
    return sentence(path, ".", getpid(), ".tmp");
}

std::string cannot_write(const std::string& path, const std::string& reason) {
    return sentence("cannot write '", path, "': ", reason, ".");
}

}  // namespace

void check_writable(const std::string& path) {
    const std::string target = resolved(path);
    std::error_code error;
    const bool exists = std::filesystem::exists(target, error);
    if (exists && !std::filesystem::is_regular_file(target, error)) {
        throw UsageError(cannot_write(target, "it exists and is not a regular file"));
    }
    if (exists && access(target.c_str(), W_OK) != 0) {
        throw UsageError(cannot_write(target, std::strerror(errno)));
    }
    const std::string temporary = temporary_name(target);
    std::FILE* file = std::fopen(temporary.c_str(), "wbx");
    if (file == nullptr) {
        throw UsageError(cannot_write(target, std::strerror(errno)));
    }
    std::fclose(file);
    std::remove(temporary.c_str());
}

OutputFile::OutputFile(const std::string& path)
    : path_(resolved(path)), temporary_(temporary_name(path_)), file_(std::fopen(temporary_.c_str(), "wbx")) {
    if (file_ == nullptr) {
        fail();
    }
}

OutputFile::~OutputFile() {
    if (file_ != nullptr) {
        std::fclose(file_);
        std::remove(temporary_.c_str());
    }
}

void OutputFile::write(const void* data, std::size_t size) {
    if (std::fwrite(data, 1, size, file_) != size) {
        fail();
    }
}

void OutputFile::commit() {
    // Only closing tells about the last bytes on some file systems, so the name comes after it.
    const bool closed = std::fclose(std::exchange(file_, nullptr)) == 0;
    if (!closed || std::rename(temporary_.c_str(), path_.c_str()) != 0) {
        const int reason = errno;
        std::remove(temporary_.c_str());
        errno = reason;
        fail();
    }
}

void OutputFile::fail() const {
    throw OutputError(cannot_write(path_, std::strerror(errno)));
}

}  // namespace baseline
