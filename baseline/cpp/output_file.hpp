// Files that appear whole or not at all: each is written under a temporary name and then renamed.
#pragma once

#include <cstddef>
#include <cstdio>
#include <string>

namespace baseline {

/// Finds out before a long computation whether a file can be written; throws a UsageError if not.
void check_writable(const std::string& path);

/// A binary file that gets its name when commit() is called, and leaves nothing behind when it is not.
class OutputFile {
  public:
    explicit OutputFile(const std::string& path);
    ~OutputFile();
    OutputFile(const OutputFile&) = delete;
    OutputFile& operator=(const OutputFile&) = delete;

    /// Appends bytes; throws an OutputError when the system refuses them.
    void write(const void* data, std::size_t size);

    /// Closes the file and gives it its name; throws an OutputError when one of the two fails.
    void commit();

  private:
    [[noreturn]] void fail() const;

    std::string path_;
    std::string temporary_;
    std::FILE* file_;
};

}  // namespace baseline
