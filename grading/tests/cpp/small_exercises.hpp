// Small exercises made from text, and what their workloads say to given answers.
#pragma once

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <sstream>
#include <string>
#include <utility>

#include "exercise.hpp"

namespace grading {

/// An exercise made from text, through the same reader as all others.
class TemporaryExercise {
  public:
    explicit TemporaryExercise(const std::string& text)
        : folder_(std::filesystem::temp_directory_path() / ("exercise-test-" + std::to_string(getpid()))) {
        std::filesystem::create_directories(folder_);
        std::ofstream(folder_ / "exercise.toml") << text;
    }
    ~TemporaryExercise() { std::filesystem::remove_all(folder_); }
    TemporaryExercise(const TemporaryExercise&) = delete;
    TemporaryExercise& operator=(const TemporaryExercise&) = delete;
    [[nodiscard]] Exercise load() const { return load_exercise(folder_); }

  private:
    std::filesystem::path folder_;
};

/// An entry of which a family makes one small workload; nothing for a family that there is not.
inline std::string small_entry(const std::string& family) {
    const std::string obstacle = "nx = 1\nny = 1\nnc = 3\ncontours = \"egg\"\ngrid = \"wide\"";
    const std::map<std::string, std::string> entries = {
        {"sum", "counts = 1\ndata = \"mixed\""},
        {"histogram", "counts = 1\nbins = 1\ndata = \"even\""},
        {"inside", obstacle},
        {"scatter", obstacle + "\nwavelengths = [1.0, 1.0]"},
    };
    const auto found = entries.find(family);
    return found == entries.end() ? "" : found->second;
}

inline std::string exercise_text(const std::string& family, double factor, const std::string& timed,
                                 const std::string& cases) {
    std::ostringstream text;
    text << "family = \"" << family
         << "\"\n[grade]\nmark = 0.6\nclock = \"cpu\"\nbudget_seconds = 1\nmemory_mib = 64\n"
         << "[tolerance]\nfactor = " << factor << "\n[[timed]]\n"
         << timed << "\n[[cases]]\n"
         << cases << "\n";
    return text.str();
}

/// An exercise with these cases, or with this workload.
inline std::string exercise_text(const std::string& family, double factor, const std::string& cases) {
    return exercise_text(family, factor, small_entry(family), cases);
}
inline std::string timed_text(const std::string& family, double factor, const std::string& timed) {
    return exercise_text(family, factor, timed, small_entry(family));
}

inline std::string with_bound(const std::string& bound, std::string text) {
    return text.replace(text.find("factor = "), 0, "bound = \"" + bound + "\"\n");
}

/// What a family of waves is asked for; which grid is left open.
inline const std::string waves = R"(
nx = [0, 1, 6]
ny = [0, 2, 5]
nc = [3, 17]
contours = ["egg", "ellipse", "kite"]
wavelengths = [0.4, 0.6]
)";

/// Generates a batch, lets `answer` fill the outputs, and compares with what `truth` gives.
using Answer = std::function<void(const BatchView&)>;
inline std::optional<Mismatch> judge(const Workload& workload, const Answer& truth, const Answer& answer,
                                     std::uint64_t seed) {
    InputArea inputs(input_bytes(workload.shape()));
    OutputArea expected(output_bytes(workload.shape()));
    OutputArea got(output_bytes(workload.shape()));
    inputs.lay_out(workload.shape(), 0);
    Random random(seed);
    workload.generate(inputs, random);
    for (auto [area, fill] : {std::pair(&expected, &truth), std::pair(&got, &answer)}) {
        area->clear(inputs);
        (*fill)(BatchView(inputs.memory().bytes().data(), area->memory().bytes().data()));
        area->take();
    }
    return workload.compare(expected.view(inputs), got.view(inputs));
}

inline void nothing(const BatchView&) {}

/// The points of the grid that are corners of the contour, in the batch of one problem that this seed gives.
inline std::set<std::size_t> corners_on_grid(const Workload& workload, std::uint64_t seed) {
    InputArea inputs(input_bytes(workload.shape()));
    inputs.lay_out(workload.shape(), 0);
    Random random(seed);
    workload.generate(inputs, random);
    const auto xc = inputs.input(0, 0), yc = inputs.input(0, 1), x = inputs.input(0, 2),
               y = inputs.input(0, 3);
    std::set<std::size_t> found;
    for (std::size_t point = 0; point < x.size() * y.size(); ++point)
        for (std::size_t s = 0; s < xc.size(); ++s)
            if (xc[s] == x[point % x.size()] && yc[s] == y[point / x.size()]) found.insert(point);
    return found;
}

}  // namespace grading
