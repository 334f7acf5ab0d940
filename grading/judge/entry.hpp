// One table of an exercise.toml, as a family reads it: every mistake becomes a sentence.
//
// It keeps the TOML library's large header out of the families' files.
#pragma once

#include <cstddef>
#include <initializer_list>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace grading {

/// A mistake in an exercise.toml, as a sentence.
struct ExerciseError : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// Where keys may hold one value or a list, a single value counts as a list of one. All functions throw
/// ExerciseError for a key that is missing or of the wrong type.
class Entry {
  public:
    /// The library's table, which must outlive the entry.
    struct Table;
    explicit Entry(const Table& table) : table_(table) {}

    [[nodiscard]] bool has(std::string_view key) const;
    [[nodiscard]] std::string text(std::string_view key) const;
    [[nodiscard]] std::string text_or(std::string_view key, std::string otherwise) const;
    [[nodiscard]] std::vector<std::string> texts(std::string_view key) const;
    [[nodiscard]] double number(std::string_view key) const;
    [[nodiscard]] std::vector<double> numbers(std::string_view key) const;
    /// A number above `low` and at most `high`.
    [[nodiscard]] double number_between(std::string_view key, double low, double high) const;
    /// Whole numbers from 0 to a thousand millions.
    [[nodiscard]] std::vector<std::size_t> sizes(std::string_view key) const;
    /// One of sizes(key), which must be at least 1, or 1 when the key is not there.
    [[nodiscard]] std::size_t count_or_1(std::string_view key) const;
    /// The same for the number of calls in a batch, of which there can be a million.
    [[nodiscard]] std::size_t calls_or_1(std::string_view key) const;

    /// Refuses a key that is not among `known`: most likely a slip of the pen.
    void reject_others_than(std::initializer_list<std::string_view> known,
                            const std::string& where = "to this family") const;

  private:
    const Table& table_;
};

}  // namespace grading
