// An exercise.toml as the judge reads it: what a mistake in it is told, and what its workloads are made of.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>

#include "small_exercises.hpp"

namespace grading {
namespace {

/// What a unit of the exercise's timed workload is made of.
std::pair<double, double> operations_and_bytes(const std::string& text) {
    const Exercise exercise = TemporaryExercise(text).load();
    return {exercise.timed[0]->operations_per_unit(), exercise.timed[0]->bytes_per_unit()};
}

TEST(EveryFamily, SaysHowMuchArithmeticAndHowManyBytesAUnitNeeds) {
    const std::string array = "counts = 1000\ndata = \"mixed\"";
    const std::string problem = "nx = 4\nny = 9\nnc = 20\ncontours = \"egg\"\ngrid = \"wide\"\n";
    using Both = std::pair<double, double>;
    EXPECT_EQ(operations_and_bytes(timed_text("sum", 1, array)), Both(1, 8.008));
    EXPECT_EQ(operations_and_bytes(with_bound("compensated", timed_text("sum", 1, array))), Both(4, 8.008));
    const std::string bins = "counts = 1000\nbins = 10\ndata = \"even\"";
    EXPECT_EQ(operations_and_bytes(timed_text("histogram", 1, bins)), Both(1, 12.08));
    // 57 doubles in, and 50 bytes out in 7 of them.
    EXPECT_EQ(operations_and_bytes(timed_text("inside", 1e-9, problem)), Both(0, (57 + 7) * 8 / 50.0));
    // 59 doubles in and 50 complex numbers out, for 50 points and 20 segments.
    const auto waves =
        operations_and_bytes(timed_text("scatter", 1e-11, problem + "wavelengths = [0.4, 0.6]"));
    EXPECT_EQ(waves, Both(79, (59 + 100) * 8 / 1000.0));
}

/// The sentence that a mistaken exercise.toml gets.
std::string complaint_about(const std::string& text) {
    const TemporaryExercise exercise(text);
    try {
        static_cast<void>(exercise.load());
    } catch (const ExerciseError& error) {
        return error.what();
    }
    return "";
}

TEST(ExerciseFile, NamesTheKeyThatIsMistaken) {
    const auto expect = [](const std::string& text, const std::string& word) {
        EXPECT_NE(complaint_about(text).find(word), std::string::npos)
            << word << ": " << complaint_about(text);
    };
    expect("", "[grade]");
    expect("family = 3", "grade");
    expect(exercise_text("summ", 1, "counts = 3\ndata = \"mixed\""), "summ");
    expect(exercise_text("sum", 1, "counts = 3\ndata = \"mxied\""), "mxied");
    expect(exercise_text("scatter", 1, waves + "grid = \"wdie\""), "no grid \"wdie\"");
    const std::string obstacle = "nx = 1\nny = 1\nnc = 3\ngrid = \"wide\"\n";
    expect(exercise_text("inside", 1, obstacle + "contours = \"eg\""), "no contour \"eg\"");
    expect(exercise_text("sum", 1, "count = 3\ndata = \"mixed\""), "count");
    expect(exercise_text("sum", 1, "counts = -3\ndata = \"mixed\""), "counts");
    expect(exercise_text("sum", -1, "counts = 3\ndata = \"mixed\""), "factor");
    expect(with_bound("tight", exercise_text("sum", 1, "counts = 3\ndata = \"mixed\"")), "tight");
    expect(exercise_text("scatter", 1, "counts = 3\ndata = \"mixed\""), "counts");
    expect("family = [", "exercise.toml:1");
    expect(with_bound("fields", exercise_text("scatter", 1, waves + "grid = \"wide\"")), "fields");
    expect(timed_text("scatter", 1, waves + "grid = \"wide\"\nreference_rows = 7"), "reference_rows");
    expect(timed_text("scatter", 1, waves + "grid = \"close\"\nreference_rows = 1"), "wide");
}

TEST(ExerciseFile, NamesTheEntryThatIsMistaken) {
    const std::string text = exercise_text("sum", 1, "counts = 3\ndata = \"mixed\"") +
                             "\n[[cases]]\ncounts = 4\ndata = \"mxied\"\n";
    const auto lines = std::ranges::count(text.substr(0, text.find("[[cases]]\ncounts = 4")), '\n') + 1;
    const std::string complaint = complaint_about(text);
    EXPECT_NE(complaint.find("the [[cases]] of line " + std::to_string(lines) + ": "), std::string::npos)
        << complaint;
}

TEST(ExerciseFile, TakesNumbersOnlyForNumbersAndOneWhereOneIsMeant) {
    const auto expect = [](const std::string& cases, const std::string& sentence) {
        const std::string complaint = complaint_about(exercise_text("sum", 1, cases + "\ndata = \"mixed\""));
        EXPECT_TRUE(complaint.ends_with(sentence)) << cases << ": " << complaint;
    };
    expect("counts = true", "the key \"counts\" is missing or of the wrong type");
    expect("counts = [3, true]", "the list \"counts\" has an element of the wrong type");
    expect("counts = 3\narrays = [2, 5]", "\"arrays\" is one number, not a list");
    expect("counts = []", "the list \"counts\" is empty");
    expect("counts = 3\narrays = 0", "\"arrays\" must be at least 1");
}

/// An exercise with other tables than the usual ones.
std::string with(const std::string& change, std::string instead_of = "clock = \"cpu\"") {
    std::string text = exercise_text("sum", 1, "counts = 3\ndata = \"mixed\"");
    return text.replace(text.find(instead_of), instead_of.size(), change);
}

TEST(ExerciseFile, SaysWhatAKeyOfAMeasurementMustBe) {
    const auto expect = [](const std::string& text, const std::string& sentence) {
        const std::string complaint = complaint_about(text);
        EXPECT_TRUE(complaint.ends_with("/exercise.toml: " + sentence)) << complaint;
    };
    expect(with("clock = \"sun\""), R"(grade.clock is "sun"; it must be "cpu" or "wall")");
    const std::string usual = "clock = \"cpu\"", wall = R"(, so grade.clock must be "wall")";
    expect("language = \"c\"\n" + with(usual), R"(language is "c"; it must be "c++" or "python")");
    expect(with(usual + "\nthreads = 2"), "grade.threads is above 1" + wall);
    expect(with(usual + "\nprocesses = 2"), "there are grade.processes" + wall);
    expect(with("clock = \"wall\"\nprocesses = 2"), "grade.processes is for Python exercises");
    const std::string between = " must be above 0 and at most ";
    expect(with("mark = 0", "mark = 0.6"), "the key \"mark\"" + between + "1");
    expect(with("mark = 1.01", "mark = 0.6"), "the key \"mark\"" + between + "1");
    EXPECT_EQ(complaint_about(with("mark = 1", "mark = 0.6")), "");
    const std::string budget = "budget_seconds = 1";
    expect(with("budget_seconds = 121", budget), "the key \"budget_seconds\"" + between + "120");
    const std::string cases = "[[cases]]\ncounts = 3\ndata = \"mixed\"";
    expect("cases = []\n" + with("", cases), "there is no [[cases]] entry");
    expect("cases = [3]\n" + with("", cases), "[[cases]] holds tables only");
}

TEST(ExerciseFile, SaysHowManyProcessorsAndHowMuchMemoryItNeeds) {
    const auto needs = [](const std::string& grade) {
        return TemporaryExercise("language = \"python\"\n" + with(grade)).load().processors;
    };
    EXPECT_EQ(needs("clock = \"cpu\""), 1U);
    EXPECT_EQ(needs("clock = \"wall\"\nthreads = 8"), 2U);
    EXPECT_EQ(needs("clock = \"wall\"\nprocesses = 8"), 2U);
    EXPECT_EQ(needs("clock = \"wall\"\nthreads = 8\nprocessors = 4"), 4U);
    const Exercise exercise = TemporaryExercise(with("clock = \"cpu\"\nlimit = \"read_bandwidth\"")).load();
    EXPECT_EQ(exercise.memory_bytes, std::uint64_t{64} << 20U);
    EXPECT_EQ(exercise.limit, "read bandwidth");
}

TEST(ExerciseFile, RefusesSizesThatNoMemoryHolds) {
    const std::string data = "data = \"mixed\"";
    EXPECT_EQ(complaint_about(exercise_text("sum", 1, "counts = [3, 1000000000]\n" + data)), "");
    const std::string complaint =
        complaint_about(exercise_text("sum", 1, "counts = [3, 1000000001]\n" + data));
    EXPECT_TRUE(complaint.ends_with("\"counts\" is above 1000000000")) << complaint;
}

TEST(ExerciseFile, RefusesSizesThatNoMemoryHoldsTogether) {
    const auto expect = [](const std::string& text, const std::string& sentence) {
        const std::string complaint = complaint_about(text);
        EXPECT_TRUE(complaint.ends_with(sentence)) << complaint;
    };
    expect(timed_text("sum", 1, "counts = 500000000\narrays = 16\ndata = \"mixed\""),
           "a batch of 16 arrays of 500000000 holds more than 1000000000 numbers");
    expect(timed_text("sum", 1, "counts = 0\narrays = 1000001\ndata = \"mixed\""),
           "\"arrays\" is above 1000000");
    const std::string plane = "nx = 100000\nny = 100000\nnc = 3\ncontours = \"egg\"\ngrid = \"wide\"\n";
    expect(exercise_text("scatter", 1, plane + "wavelengths = [0.5, 0.5]"),
           "100001 x 100001 points, 3 segments holds more than 1000000000 numbers");
    expect(exercise_text("inside", 1, plane),
           "100001 x 100001 points, 3 segments holds more than 1000000000 numbers");
}

TEST(ExerciseFile, RefusesWavesThatNobodyCanMean) {
    const std::string plane = "nx = 1\nny = 1\nnc = 3\ncontours = \"egg\"\ngrid = \"wide\"\nwavelengths = ";
    EXPECT_EQ(complaint_about(exercise_text("scatter", 1, plane + "[0.001, 1000]")), "");
    for (const std::string wavelengths : {"[0.4, inf]", "[inf, inf]", "[nan, 0.6]", "[0.4, nan]",
                                          "[0.6, 0.4]", "[0, 1]", "[-1, 1]", "[1e-300, 1]", "[0.4, 1e300]"}) {
        const std::string complaint = complaint_about(exercise_text("scatter", 1, plane + wavelengths));
        EXPECT_TRUE(complaint.ends_with("\"wavelengths\" must be [shortest, longest], from 0.001 to 1000"))
            << wavelengths << ": " << complaint;
    }
}

TEST(ExerciseFile, RefusesKeysThatBelongElsewhere) {
    const std::string array = "counts = 3\ndata = \"mixed\"\n";
    EXPECT_EQ(complaint_about(exercise_text("sum", 1, array)), "");
    const auto expect = [](const std::string& text, const std::string& sentence) {
        const std::string complaint = complaint_about(text);
        EXPECT_TRUE(complaint.ends_with(sentence)) << complaint;
    };
    expect(exercise_text("sum", 1, array + "name = \"n\""), "\"name\" is for [[timed]], not for [[cases]]");
    expect(exercise_text("sum", 1, array + "reference_count = 2"),
           "\"reference_count\" is for [[timed]], not for [[cases]]");
    expect(exercise_text("sum", 1, array) + "[[bench]]\n" + array + "name = \"n\"",
           "\"name\" is for [[timed]], not for [[bench]]");
    expect(timed_text("sum", 1, "counts = [3, 4]\ndata = \"mixed\""), "lists of values are for [[cases]]");
    expect("budget = 3\n" + exercise_text("sum", 1, array), "\"budget\" means nothing outside of the tables");
    expect(exercise_text("sum", 1, array) + "[grading]\n", "\"grading\" means nothing outside of the tables");
    expect(with_bound("compensated\"\nfactors = \"2", exercise_text("sum", 1, array)),
           "\"factors\" means nothing in [tolerance]");
    std::string thread = exercise_text("sum", 1, array);
    thread.insert(thread.find("mark = "), "thread = 2\n");
    expect(thread, "\"thread\" means nothing in [grade]");
}

}  // namespace
}  // namespace grading
