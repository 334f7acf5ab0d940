// Reads an exercise.toml; every mistake in it is one sentence. The one file that knows the TOML library.
#include "exercise.hpp"

#include <toml++/toml.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <iterator>
#include <optional>

#include "entry.hpp"

namespace grading {

struct Entry::Table {
    const toml::table& toml;
};

namespace {

/// Of a size in an exercise.toml: 8 GB of doubles. With a zero too many, arrays would take all memory there
/// is.
constexpr std::int64_t largest_size = 1'000'000'000;

/// Of a batch: each call takes some memory of its own, whatever its arrays' sizes.
constexpr std::size_t most_calls = 1'000'000;

std::string in_quotes(std::string_view key) {
    return "\"" + std::string(key) + "\"";
}

/// The library would take `true` for a 1.
template <typename Value, typename Node>
std::optional<Value> value_of(const Node& node) {
    return node.is_boolean() ? std::nullopt : node.template value<Value>();
}

template <typename Value>
Value required(const toml::table& table, std::string_view key) {
    const auto value = value_of<Value>(table[key]);
    if (!value) throw ExerciseError("the key " + in_quotes(key) + " is missing or of the wrong type");
    return *value;
}

template <typename Value>
std::vector<Value> required_list(const toml::table& table, std::string_view key) {
    const toml::array* array = table[key].as_array();
    if (array == nullptr) return {required<Value>(table, key)};
    std::vector<Value> values;
    for (const auto& element : *array) {
        const auto value = value_of<Value>(element);
        if (!value) throw ExerciseError("the list " + in_quotes(key) + " has an element of the wrong type");
        values.push_back(*value);
    }
    if (values.empty()) throw ExerciseError("the list " + in_quotes(key) + " is empty");
    return values;
}

const toml::table& required_table(const toml::table& table, std::string_view key) {
    const toml::table* found = table[key].as_table();
    if (found == nullptr) throw ExerciseError("the table [" + std::string(key) + "] is missing");
    return *found;
}

/// What belongs to a measurement, and would be taken for something here that it is not.
void reject_keys_of_timed(const toml::table& entry, const std::string& entries) {
    for (const auto& [key, value] : entry)
        if (key.str() == "name" || key.str().starts_with("reference_"))
            throw ExerciseError("the key " + in_quotes(key.str()) + " is for [[timed]], not for " + entries);
}

/// In floating point, where no product of sizes overflows.
double numbers_in(const std::vector<std::vector<std::size_t>>& arrays) {
    double numbers = 0;
    for (const auto& item : arrays)
        for (const std::size_t count : item)
            numbers += static_cast<double>(count);
    return numbers;
}

/// Sizes that are each allowed can be too large together.
void reject_too_large(const Workload& workload) {
    const Shape shape = workload.shape();
    if (std::max(numbers_in(shape.inputs), numbers_in(shape.outputs)) > static_cast<double>(largest_size))
        throw ExerciseError("a batch of " + workload.size() + " holds more than " +
                            std::to_string(largest_size) + " numbers");
}

Workloads read_entry(const toml::table& entry, const std::string& entries, const WorkloadFactory& factory,
                     const Tolerance& tolerance) {
    const bool timed = entries == "[[timed]]";
    if (!timed) reject_keys_of_timed(entry, entries);
    Workloads made = factory(Entry(Entry::Table{entry}), tolerance);
    if (timed && made.size() > 1)
        throw ExerciseError("a [[timed]] entry is one workload: lists of values are for [[cases]]");
    for (const auto& workload : made)
        reject_too_large(*workload);
    return made;
}

Workloads read_workloads(const toml::table& table, std::string_view key, const WorkloadFactory& factory,
                         const Tolerance& tolerance) {
    const std::string shown = "[[" + std::string(key) + "]]";
    const toml::array* entries = table[key].as_array();
    if (entries == nullptr || entries->empty()) throw ExerciseError("there is no " + shown + " entry");
    Workloads all;
    for (const auto& entry : *entries) {
        if (!entry.is_table()) throw ExerciseError(shown + " holds tables only");
        try {
            std::ranges::move(read_entry(*entry.as_table(), shown, factory, tolerance),
                              std::back_inserter(all));
        } catch (const ExerciseError& error) {
            throw ExerciseError("the " + shown + " of line " + std::to_string(entry.source().begin.line) +
                                ": " + error.what());
        }
    }
    return all;
}

ClockKind read_clock(const Entry& grade) {
    const std::string clock = grade.text("clock");
    if (clock == "cpu") return ClockKind::cpu;
    if (clock == "wall") return ClockKind::wall;
    throw ExerciseError("grade.clock is " + in_quotes(clock) + R"(; it must be "cpu" or "wall")");
}

Language read_language(const Entry& exercise) {
    const std::string language = exercise.text_or("language", "c++");
    if (language == "c++") return Language::cpp;
    if (language == "python") return Language::python;
    throw ExerciseError("language is " + in_quotes(language) + R"(; it must be "c++" or "python")");
}

/// read_bandwidth.cpp becomes "read bandwidth".
std::string limit_in_words(std::string name) {
    std::replace(name.begin(), name.end(), '_', ' ');
    return name;
}

/// How many processors it takes to show the effect: two where there are threads or processes, unless it says
/// otherwise.
std::size_t processors_needed(const Entry& grade) {
    if (grade.has("processors")) return grade.count_or_1("processors");
    return grade.has("processes") || grade.count_or_1("threads") > 1 ? 2 : 1;
}

/// Those of the families are theirs to know; [build], [advice] and [ladder] are not for the judge.
void reject_unknown_keys(const toml::table& table, const Entry::Table& grade, const Entry::Table& tolerance) {
    Entry(Entry::Table{table})
        .reject_others_than({"title", "summary", "language", "family", "file", "extension", "task", "build",
                             "grade", "tolerance", "timed", "cases", "bench", "advice", "ladder"},
                            "outside of the tables");
    Entry(grade).reject_others_than(
        {"mark", "clock", "threads", "processes", "processors", "budget_seconds", "memory_mib", "limit"},
        "in [grade]");
    Entry(tolerance).reject_others_than({"factor", "bound", "formula", "derivation"}, "in [tolerance]");
}

Exercise read_exercise(const toml::table& table, std::string name) {
    constexpr double mebibyte = 1024.0 * 1024.0;
    const Entry::Table grade_table{required_table(table, "grade")};
    const Entry::Table tolerance_table{required_table(table, "tolerance")};
    const Entry grade(grade_table);
    reject_unknown_keys(table, grade_table, tolerance_table);
    Exercise exercise{
        .name = std::move(name),
        .family = required<std::string>(table, "family"),
        .language = read_language(Entry(Entry::Table{table})),
        .clock = read_clock(grade),
        .threads = static_cast<std::uint32_t>(grade.count_or_1("threads")),
        .processes = grade.has("processes") ? static_cast<std::uint32_t>(grade.count_or_1("processes")) : 0,
        .processors = static_cast<std::uint32_t>(processors_needed(grade)),
        .mark = grade.number_between("mark", 0, 1),
        .budget_seconds = grade.number_between("budget_seconds", 0, 120),
        .memory_bytes = static_cast<std::uint64_t>(grade.number_between("memory_mib", 0, 1e6) * mebibyte),
        .limit = limit_in_words(grade.text_or("limit", "")),
        .timed = {},
        .cases = {},
        .bench = {}};
    if (exercise.threads > 1 && exercise.clock == ClockKind::cpu)
        throw ExerciseError("grade.threads is above 1, so grade.clock must be \"wall\"");
    if (exercise.processes > 0 && exercise.clock == ClockKind::cpu)
        throw ExerciseError("there are grade.processes, so grade.clock must be \"wall\"");
    if (exercise.processes > 0 && exercise.language == Language::cpp)
        throw ExerciseError("grade.processes is for Python exercises");
    const WorkloadFactory& factory = find_family(exercise.family);
    const Entry tolerance_entry(tolerance_table);
    const Tolerance tolerance{.factor = tolerance_entry.number_between("factor", 0, 1e300),
                              .bound = tolerance_entry.text_or("bound", "")};
    exercise.timed = read_workloads(table, "timed", factory, tolerance);
    exercise.cases = read_workloads(table, "cases", factory, tolerance);
    if (table.contains("bench")) exercise.bench = read_workloads(table, "bench", factory, tolerance);
    return exercise;
}

}  // namespace

bool Entry::has(std::string_view key) const {
    return table_.toml.contains(key);
}

std::string Entry::text(std::string_view key) const {
    return required<std::string>(table_.toml, key);
}

std::string Entry::text_or(std::string_view key, std::string otherwise) const {
    return has(key) ? text(key) : std::move(otherwise);
}

std::vector<std::string> Entry::texts(std::string_view key) const {
    return required_list<std::string>(table_.toml, key);
}

double Entry::number(std::string_view key) const {
    return required<double>(table_.toml, key);
}

std::vector<double> Entry::numbers(std::string_view key) const {
    return required_list<double>(table_.toml, key);
}

double Entry::number_between(std::string_view key, double low, double high) const {
    const double value = number(key);
    if (value > low && value <= high) return value;
    std::array<char, 80> range{};
    std::snprintf(range.data(), range.size(), " must be above %g and at most %g", low, high);
    throw ExerciseError("the key " + in_quotes(key) + range.data());
}

std::vector<std::size_t> Entry::sizes(std::string_view key) const {
    std::vector<std::size_t> sizes;
    for (const auto value : required_list<std::int64_t>(table_.toml, key)) {
        if (value < 0) throw ExerciseError(in_quotes(key) + " is negative");
        if (value > largest_size)
            throw ExerciseError(in_quotes(key) + " is above " + std::to_string(largest_size));
        sizes.push_back(static_cast<std::size_t>(value));
    }
    return sizes;
}

std::size_t Entry::count_or_1(std::string_view key) const {
    if (!has(key)) return 1;
    const std::vector<std::size_t> counts = sizes(key);
    if (counts.size() > 1) throw ExerciseError(in_quotes(key) + " is one number, not a list");
    const std::size_t count = counts.front();
    if (count == 0) throw ExerciseError(in_quotes(key) + " must be at least 1");
    return count;
}

std::size_t Entry::calls_or_1(std::string_view key) const {
    const std::size_t count = count_or_1(key);
    if (count > most_calls) throw ExerciseError(in_quotes(key) + " is above " + std::to_string(most_calls));
    return count;
}

void Entry::reject_others_than(std::initializer_list<std::string_view> known,
                               const std::string& where) const {
    for (const auto& [key, value] : table_.toml)
        if (std::find(known.begin(), known.end(), key.str()) == known.end())
            throw ExerciseError("the key " + in_quotes(key.str()) + " means nothing " + where);
}

Exercise load_exercise(const std::filesystem::path& folder) {
    const auto file = folder / "exercise.toml";
    try {
        auto name = std::filesystem::weakly_canonical(folder).filename().string();
        return read_exercise(toml::parse_file(file.string()), std::move(name));
    } catch (const toml::parse_error& error) {
        const auto line = error.source().begin.line;
        throw ExerciseError(file.string() + (line > 0 ? ":" + std::to_string(line) : "") + ": " +
                            std::string(error.description()));
    } catch (const ExerciseError& error) {
        throw ExerciseError(file.string() + ": " + error.what());
    }
}

}  // namespace grading
