// What epochs and failures come to.
#include "verdict.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <bit>
#include <chrono>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <limits>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>

#include "protocol.hpp"
#include "report.hpp"
#include "runner_process.hpp"

namespace grading {
namespace {

/// Epochs of one workload, with the same solution's speedup and these speedups.
std::vector<Epoch> epochs_of(const std::vector<double>& speedups, double solution_speedup,
                             double wait_seconds = 0) {
    std::vector<Epoch> epochs;
    for (const double speedup : speedups) {
        const SideTime reference{.wall_seconds = 1e-3, .cpu_seconds = 1e-3, .calls = 8};
        const SideTime yours{
            .wall_seconds = 1e-3 / speedup + wait_seconds, .cpu_seconds = 1e-3 / speedup, .calls = 8};
        const WorkloadEpoch workload{.speedup = speedup,
                                     .solution_speedup = solution_speedup,
                                     .baseline_speedup = std::nullopt,
                                     .share_of_limit = 0.5,
                                     .reference = reference,
                                     .yours = yours,
                                     .solution = yours};
        epochs.push_back({.workloads = {workload}, .p = std::log(speedup) / std::log(solution_speedup)});
    }
    return epochs;
}

/// The same with a second workload.
std::vector<Epoch> with_another(std::vector<Epoch> epochs, const std::vector<double>& speedups,
                                double solution_speedup) {
    const auto others = epochs_of(speedups, solution_speedup);
    for (std::size_t i = 0; i < epochs.size(); ++i) {
        epochs[i].workloads.push_back(others[i].workloads.front());
        epochs[i].p = (epochs[i].p + others[i].p) / 2;
    }
    return epochs;
}

std::vector<double> around(double value, std::size_t count) {
    std::vector<double> values;
    for (std::size_t i = 0; i < count; ++i)
        values.push_back(value * (1 + 0.01 * static_cast<double>(i % 5) - 0.02));
    return values;
}

TEST(Standing, NeedsEnoughEpochsForAnInterval) {
    EXPECT_EQ(standing_of(epochs_of(around(8, 7), 8), 0.6), Standing::open);
    EXPECT_EQ(standing_of(epochs_of(around(8, 8), 8), 0.6), Standing::passed);
}

TEST(Standing, PassesOnlyWhenTheWholeIntervalIsAboveTheMark) {
    const double mark_speedup = std::pow(8, 0.6);
    EXPECT_EQ(standing_of(epochs_of(around(mark_speedup * 1.1, 12), 8), 0.6), Standing::passed);
    EXPECT_EQ(standing_of(epochs_of(around(mark_speedup / 1.1, 12), 8), 0.6), Standing::too_slow);
    for (const double median_beside_the_mark : {1.01, 1.0, 0.99})
        EXPECT_EQ(standing_of(epochs_of(around(mark_speedup * median_beside_the_mark, 12), 8), 0.6),
                  Standing::open);
}

TEST(Standing, DoesNotWaitForAnIntervalWhenItIsFarSlowerThanTheReference) {
    EXPECT_EQ(standing_of(epochs_of({0.1, 0.1, 0.1}, 8), 0.6), Standing::too_slow);
    EXPECT_EQ(standing_of(epochs_of({0.1, 0.1}, 8), 0.6), Standing::open);
    // In one workload only: then p decides.
    EXPECT_EQ(standing_of(with_another(epochs_of({0.4, 0.4, 0.4}, 8), {60, 60, 60}, 8), 0.6), Standing::open);
}

TEST(Standing, DoesNotWaitForAnIntervalFarBelowTheMark) {
    EXPECT_EQ(standing_of(epochs_of({1, 1.1, 0.9}, 8), 0.6), Standing::too_slow);
    EXPECT_EQ(standing_of(epochs_of({1, 1.1}, 8), 0.6), Standing::open);
    EXPECT_EQ(standing_of(epochs_of({1, 1.1, 2.5}, 8), 0.6), Standing::open);
    // The solution gains nothing either: it is the machine.
    EXPECT_EQ(standing_of(epochs_of({0.9, 0.9, 0.9}, 1), 0.6), Standing::open);
    EXPECT_EQ(standing_of(with_another(epochs_of({1, 1, 1}, 8), {0.9, 0.9, 0.9}, 1.05), 0.6), Standing::open);
}

TEST(Standing, SaysThatTheMachineShowsNoEffectWhenTheSolutionGainsNothing) {
    EXPECT_EQ(standing_of(epochs_of(around(1, 12), 1.02), 0.6), Standing::no_effect);
    auto now_and_then = epochs_of(around(8, 12), 8);
    for (const std::size_t busy : {0U, 5U})
        now_and_then[busy].workloads.front().solution_speedup = 1.02;
    EXPECT_EQ(standing_of(now_and_then, 0.6), Standing::passed);
}

TEST(Standing, IsAPassAtTheEndWithoutAnIntervalWhenItIsFarAboveTheMark) {
    EXPECT_EQ(last_standing_of(epochs_of(around(8, 5), 8), 0.6), Standing::passed);
    EXPECT_EQ(last_standing_of(epochs_of(around(8, 4), 8), 0.6), Standing::open);
    EXPECT_EQ(last_standing_of(epochs_of({8, 8, 8, 8, 4}, 8), 0.6), Standing::open);
    // The solution gains next to nothing: the machine cannot tell.
    EXPECT_EQ(last_standing_of(epochs_of(around(1.12, 6), 1.02), 0.5), Standing::open);
}

TEST(Finished, NotBeforeThereIsAnIntervalHoweverPreciseTheFigureLooks) {
    using std::chrono::seconds;
    const auto finished = [](std::size_t count, seconds elapsed) {
        return are_finished(epochs_of(around(1, count), 8), Standing::too_slow, elapsed, seconds(2));
    };
    EXPECT_FALSE(finished(7, seconds(1)));
    EXPECT_TRUE(finished(8, seconds(1)));
    EXPECT_TRUE(finished(7, seconds(3)));  // but nobody waits for it longer than was allowed
}

TEST(Finished, NotWhileTheFigureIsVagueAndThereIsTime) {
    using std::chrono::seconds;
    const auto vague = epochs_of({4, 8, 4, 8, 4, 8, 4, 8}, 8);
    EXPECT_FALSE(are_finished(vague, Standing::passed, seconds(1), seconds(2)));
    EXPECT_TRUE(are_finished(vague, Standing::passed, seconds(3), seconds(2)));
    const std::vector<double> seven_percent{4, 4.28, 4, 4.28, 4, 4.28, 4, 4.28};
    EXPECT_FALSE(are_finished(epochs_of(seven_percent, 8), Standing::passed, seconds(1), seconds(2)));
    const auto one_is_vague = with_another(epochs_of(around(8, 8), 8), seven_percent, 8);
    EXPECT_FALSE(are_finished(one_is_vague, Standing::passed, seconds(1), seconds(2)));
}

TEST(Finished, NotWhileTheVerdictIsOpenHoweverPreciseTheFigure) {
    using std::chrono::seconds;
    const auto precise = epochs_of(around(8, 12), 8);
    EXPECT_FALSE(are_finished(precise, Standing::open, seconds(1), seconds(2)));
    EXPECT_TRUE(are_finished(precise, Standing::open, seconds(3), seconds(2)));
}

TEST(Finished, AtOnceWhenTheSubmissionIsFarSlowerThanTheReference) {
    using std::chrono::seconds;
    EXPECT_TRUE(are_finished(epochs_of({0.1, 0.2, 0.4}, 8), Standing::too_slow, seconds(1), seconds(2)));
    EXPECT_FALSE(are_finished(epochs_of({0.1, 0.2, 0.6}, 8), Standing::too_slow, seconds(1), seconds(2)));
}

TEST(Finished, AnOpenVerdictIsGivenTimeForAnIntervalBeyondTheBudget) {
    using std::chrono::seconds;
    EXPECT_FALSE(are_finished(epochs_of(around(8, 4), 8), Standing::open, seconds(7), seconds(2)));
    EXPECT_TRUE(are_finished(epochs_of(around(8, 4), 8), Standing::open, seconds(9), seconds(2)));
}

TEST(Points, AreFullFromNineTenthsOfTheSolutionsGainOn) {
    EXPECT_EQ(points_for(0.9), 10.0);
    EXPECT_EQ(points_for(1.7), 10.0);
    EXPECT_EQ(points_for(0.45), 5.0);
    EXPECT_EQ(points_for(0.0), 0.0);
    EXPECT_EQ(points_for(-0.3), 0.0);
    EXPECT_EQ(points_for(0.6), 6.7);
}

class VerdictTest : public testing::Test {
  protected:
    VerdictTest() {
        exercise_.name = "00-test";
        exercise_.family = "sum";
        exercise_.clock = ClockKind::cpu;
        exercise_.threads = 1;
        exercise_.mark = 0.6;
        evidence_.seed = 5;
        evidence_.cases.passed = evidence_.cases.total = 3;
    }

    void timed(const std::vector<Epoch>& epochs) {
        RoundsResult rounds;
        rounds.epochs = epochs;
        rounds.standing = standing_of(epochs, exercise_.mark);
        evidence_.rounds = rounds;
    }

    /// The report as others read it.
    [[nodiscard]] nlohmann::json written() const {
        const auto file =
            std::filesystem::temp_directory_path() / ("report-test-" + std::to_string(getpid()));
        write_report(file, exercise_, evidence_, {"judge", "a processor", std::nullopt});
        std::ifstream stream(file);
        const auto report = nlohmann::json::parse(stream);
        std::filesystem::remove(file);
        return report;
    }

    [[nodiscard]] Conclusion conclusion() const { return conclude(exercise_, evidence_); }

    Exercise exercise_{};
    Evidence evidence_{};
};

TEST_F(VerdictTest, SaysPassedTooSlowOrUndecidedByTheInterval) {
    timed(epochs_of(around(8, 12), 8));
    EXPECT_EQ(conclusion().status, Status::passed);
    timed(epochs_of(around(1, 12), 8));
    EXPECT_EQ(conclusion().status, Status::too_slow);
    timed(epochs_of(around(std::pow(8, 0.6), 12), 8));
    EXPECT_EQ(conclusion().status, Status::undecided);
    EXPECT_NE(conclusion().advice.find("BUDGET"), std::string::npos);
    EXPECT_GT(verdict_json(exercise_, evidence_)["points"], 6);
    EXPECT_EQ(verdict_json(exercise_, evidence_)["seed"], 5);
}

TEST_F(VerdictTest, SaysOfTooFewEpochsThatTheyAreTooFewAndNothingOfNoise) {
    timed(epochs_of(around(8, 4), 8));
    EXPECT_EQ(conclusion().status, Status::undecided);
    EXPECT_NE(conclusion().sentence.find("too few rounds"), std::string::npos) << conclusion().sentence;
    EXPECT_EQ(conclusion().sentence.find("noisy"), std::string::npos) << conclusion().sentence;
    timed(epochs_of(around(std::pow(8, 0.6), 8), 8));
    EXPECT_NE(conclusion().sentence.find("noisy"), std::string::npos) << conclusion().sentence;
}

TEST_F(VerdictTest, NamesTheMeanOfTheWorkloadsSpeedupsToThreeDigits) {
    auto epochs = epochs_of(std::vector<double>(12, 4), 100);
    for (Epoch& epoch : epochs) {
        epoch.workloads.push_back(epoch.workloads.front());
        epoch.workloads.back().speedup = 25;
    }
    timed(epochs);
    EXPECT_NE(conclusion().sentence.find(" 10.0 times as fast"), std::string::npos) << conclusion().sentence;
    timed(epochs_of(std::vector<double>(12, 1234.5), 2000));
    EXPECT_NE(conclusion().sentence.find(" 1230 times as fast"), std::string::npos) << conclusion().sentence;
}

TEST_F(VerdictTest, SaysOfASlowerOneHowMuchLongerItTakes) {
    timed(epochs_of(std::vector<double>(12, 0.5), 8));
    EXPECT_EQ(conclusion().status, Status::too_slow);
    EXPECT_NE(conclusion().sentence.find("takes 2.00 times as long"), std::string::npos)
        << conclusion().sentence;
    timed(epochs_of(std::vector<double>(12, 0.99), 8));
    EXPECT_NE(conclusion().sentence.find("0.990 times as fast"), std::string::npos) << conclusion().sentence;
}

TEST_F(VerdictTest, SuspectsASubmissionThatWaitsWhileTheReferenceDoesNot) {
    timed(epochs_of(around(8, 12), 8, 1e-3));
    EXPECT_EQ(conclusion().status, Status::suspect);
    timed(with_another(epochs_of(around(8, 12), 8), around(8, 12), 8));
    EXPECT_EQ(conclusion().status, Status::passed);
    for (Epoch& epoch : evidence_.rounds->epochs)
        epoch.workloads.back().yours.wall_seconds += 1e-3;
    EXPECT_EQ(conclusion().status, Status::suspect);
    exercise_.clock = ClockKind::wall;  // which counts it all
    EXPECT_EQ(conclusion().status, Status::passed);
}

TEST_F(VerdictTest, DoesNotSuspectOneThatWaitsForAMomentOrLittleMoreThanTheReferenceDoes) {
    timed(epochs_of(around(8, 12), 8, 1.9e-4));  // and computes for 0.125 ms
    EXPECT_EQ(conclusion().status, Status::passed);
    auto epochs = epochs_of(around(8, 12), 8, 2.1e-4);
    timed(epochs);
    EXPECT_EQ(conclusion().status, Status::suspect);
    for (Epoch& epoch : epochs)
        epoch.workloads.front().reference.wall_seconds = 1.5e-3;  // of which it computes 1 ms
    timed(epochs);
    EXPECT_EQ(conclusion().status, Status::passed);
}

TEST_F(VerdictTest, DoesNotSuspectASubmissionWhoseTurnComesLateOnABusyProcessor) {
    auto epochs = epochs_of(around(8, 12), 8, 1e-3);
    for (Epoch& epoch : epochs)
        epoch.workloads.front().yours.queueing_seconds = 1e-3;
    timed(epochs);
    EXPECT_EQ(conclusion().status, Status::passed);
    epochs = epochs_of(around(1, 12), 8, 2e-3);
    for (Epoch& epoch : epochs)
        epoch.workloads.front().yours.queueing_seconds = 1.5e-3;  // idle for 0.5 ms, and it computes for 1 ms
    timed(epochs);
    EXPECT_EQ(conclusion().status, Status::too_slow);
}

TEST_F(VerdictTest, IsSkippedWhereEvenTheModelSolutionGainsNothing) {
    timed(epochs_of(around(1, 12), 1.02));
    EXPECT_EQ(conclusion().status, Status::skipped);
}

TEST_F(VerdictTest, IsWrongWhateverTheSpeed) {
    timed(epochs_of(around(8, 12), 8));
    evidence_.rounds->failure = Failure{"a case", 5, {}, Smell::different};
    evidence_.rounds->failure->mismatch.index = "sum[3]";
    EXPECT_EQ(conclusion().status, Status::wrong);
    EXPECT_EQ(conclusion().sentence, "The answer is wrong: sum[3] in a case.");
}

TEST_F(VerdictTest, NamesTheSanitizersForWrongAnswersWithoutAKnownReasonInTheirLanguage) {
    const auto names_them = [&] { return conclusion().advice.find("make sanitize") != std::string::npos; };
    evidence_.cases.failure = Failure{"a case", 5, {}, Smell::different};
    exercise_.language = Language::cpp;
    EXPECT_TRUE(names_them());
    exercise_.language = Language::python;
    EXPECT_FALSE(names_them());
    exercise_.language = Language::cpp;
    evidence_.cases.failure->smell = Smell::race;
    EXPECT_TRUE(names_them());
    evidence_.cases.failure->smell = Smell::rounding;
    EXPECT_FALSE(names_them());
}

TEST(Outcome, NamesTheSanitizersForWritingOutsideTheOutputInTheirLanguage) {
    const RunnerFailure failure = wrote_outside_its_output(Language::cpp, "n = 1");
    EXPECT_STREQ(failure.what(), "It wrote outside its output array (n = 1).");
    EXPECT_NE(failure.advice.find("make sanitize EX=..."), std::string::npos);
    EXPECT_EQ(wrote_outside_its_output(Language::python, "n = 1").advice.find("sanitize"), std::string::npos);
}

TEST(Outcome, NamesTheCaseWhereTheInputMayBeTheReason) {
    const auto sentence = [](Status status) {
        return std::string(in_case(RunnerFailure(status, "It left.", ""), "n = 0").what());
    };
    for (const Status status : {Status::crashed, Status::exited, Status::hung, Status::too_much_memory})
        EXPECT_EQ(sentence(status), "It left. The case is n = 0.");
    EXPECT_EQ(sentence(Status::forbidden), "It left.");
}

TEST_F(VerdictTest, SaysWhatProcessesDoNotShareWhereASubmissionMayHaveSome) {
    const auto says_it = [&] {
        return conclusion().advice.find("no other process sees") != std::string::npos;
    };
    evidence_.cases.failure = Failure{"a case", 5, {}, Smell::outside};
    exercise_.processes = 0;
    EXPECT_FALSE(says_it());
    exercise_.processes = 8;
    EXPECT_TRUE(says_it());
    for (const Smell possible : {Smell::race, Smell::kept, Smell::different}) {
        evidence_.cases.failure->smell = possible;
        EXPECT_TRUE(says_it());
    }
    evidence_.cases.failure->smell = Smell::conjugate;
    EXPECT_FALSE(says_it());
}

TEST_F(VerdictTest, SuspectsAThreadThatIsLateWhereThereMayBeThreads) {
    const auto suspects_it = [&] { return conclusion().advice.find("too late") != std::string::npos; };
    evidence_.cases.failure = Failure{"a case", 5, {}, Smell::unwritten};
    exercise_.threads = 1;
    for (const Smell alone : {Smell::unwritten, Smell::kept, Smell::zeros, Smell::different}) {
        evidence_.cases.failure->smell = alone;
        EXPECT_FALSE(suspects_it());
    }
    evidence_.cases.failure->smell = Smell::unwritten;
    exercise_.threads = 2;
    EXPECT_TRUE(suspects_it());
    for (const Smell unknown : {Smell::kept, Smell::zeros, Smell::different}) {
        evidence_.cases.failure->smell = unknown;
        EXPECT_TRUE(suspects_it());
        EXPECT_NE(conclusion().advice.find("make sanitize"), std::string::npos);
    }
    evidence_.cases.failure->smell = Smell::near;
    EXPECT_FALSE(suspects_it());
}

TEST_F(VerdictTest, NoAnswerIsNotAPass) {
    evidence_.cases.no_answer = RunnerFailure(Status::exited, "It left.", "Stay.");
    EXPECT_EQ(conclusion().status, Status::exited);
    EXPECT_EQ(verdict_json(exercise_, evidence_)["points"], 0.0);
}

TEST_F(VerdictTest, ShowsNoWrongAnswerOfAnotherCaseBesideACrash) {
    evidence_.cases.failure = Failure{"a case", 5, {}, Smell::edges};
    EXPECT_FALSE(verdict_json(exercise_, evidence_)["failure"].is_null());
    evidence_.cases.no_answer = RunnerFailure(Status::crashed, "It crashed.", "");
    EXPECT_TRUE(verdict_json(exercise_, evidence_)["failure"].is_null());
}

TEST_F(VerdictTest, SkipsWhereTheMachineCannotShowTheEffect) {
    evidence_.unfit_machine = "One processor.";
    EXPECT_EQ(conclusion().status, Status::skipped);
    EXPECT_TRUE(verdict_json(exercise_, evidence_)["points"].is_null());
}

TEST_F(VerdictTest, NamesEveryWallThatThisUserCanHaveAsStandingOrMissing) {
    evidence_.unfit_machine = "One processor.";
    const auto walls = [&](std::uint32_t layers) {
        evidence_.sandbox_layers = layers;
        return verdict_json(exercise_, evidence_)["sandbox"];
    };
    nlohmann::json all = layer_names;
    if (geteuid() != 0) all.erase(2);  // nobody but root can become another user
    EXPECT_EQ(walls(0), (nlohmann::json{{"layers", nlohmann::json::array()}, {"missing", all}}));
    EXPECT_EQ(walls(0xff), (nlohmann::json{{"layers", all}, {"missing", nlohmann::json::array()}}));
    EXPECT_EQ(walls(layer_rlimits | layer_seccomp)["layers"], (nlohmann::json{"rlimits", "seccomp"}));
}

TEST_F(VerdictTest, WritesAnErrorThatIsNotANumberAsNullAndAnInfiniteOneAsSuch) {
    Mismatch mismatch{.item = 0,
                      .index = "i",
                      .size = "n = 1",
                      .got = "nan",
                      .expected = "1",
                      .error = std::numeric_limits<double>::quiet_NaN(),
                      .tolerance = 0,
                      .scale = 1};
    evidence_.cases.failure = Failure{"a case", 5, mismatch, Smell::different};
    const auto verdict = verdict_json(exercise_, evidence_);
    EXPECT_TRUE(verdict["failure"]["error"].is_null());
    EXPECT_TRUE(verdict["failure"]["error_in_tolerances"].is_null());
    evidence_.cases.failure->mismatch.error = std::numeric_limits<double>::infinity();
    EXPECT_EQ(verdict_json(exercise_, evidence_)["failure"]["error"], "infinite");
    evidence_.cases.failure->mismatch.error = 3;
    evidence_.cases.failure->mismatch.tolerance = 0.5;
    const auto of_numbers = verdict_json(exercise_, evidence_)["failure"];
    EXPECT_EQ(of_numbers["error"], 3);
    EXPECT_EQ(of_numbers["error_in_tolerances"], 6);
    EXPECT_EQ(of_numbers["got"], "nan");
    EXPECT_EQ(of_numbers["expected"], "1");
}

/// A workload with a name and a size, and nothing to compute.
class NamedWorkload final : public Workload {
    [[nodiscard]] std::string name() const override { return "large"; }
    [[nodiscard]] std::string size() const override { return "one"; }
    [[nodiscard]] std::string unit() const override { return "element"; }
    [[nodiscard]] double units() const override { return 100; }
    [[nodiscard]] Shape shape() const override { return {.inputs = {{1}, {1}}, .outputs = {{1}, {1}}}; }
    void generate(InputArea&, Random&) const override {}
    [[nodiscard]] std::optional<Mismatch> compare(const BatchView&, const BatchView&) const override {
        return std::nullopt;
    }
};

TEST_F(VerdictTest, ComesWithTheSpeedupsThatItRestsOn) {
    auto epochs = epochs_of({2, 4, 5}, 8);
    for (Epoch& epoch : epochs)
        epoch.workloads.front().yours.cpu_seconds = 1;  // on the wall clock this says nothing
    exercise_.clock = ClockKind::wall;
    exercise_.timed.push_back(std::make_unique<NamedWorkload>());
    timed(epochs);
    std::map<std::string, std::vector<double>> speedups;
    const auto report = written();
    for (const auto& run : report["benchmarks"])
        speedups[run["name"]].push_back(run["speedup"]);
    EXPECT_EQ(speedups["00-test/large/yours"], (std::vector<double>{2, 4, 5}));
    EXPECT_EQ(speedups["00-test/large/yours_median"], std::vector<double>{4});
    EXPECT_EQ(speedups["00-test/large/solution_median"], std::vector<double>{8});
    EXPECT_EQ(speedups["00-test/large/reference_median"], std::vector<double>{1});
}

TEST_F(VerdictTest, ComesWithTheTimesOfACallByBothClocks) {
    exercise_.timed.push_back(std::make_unique<NamedWorkload>());
    timed(epochs_of({2, 4, 5}, 8, 1e-4));
    std::map<std::string, std::vector<double>> wall, processor;
    std::map<std::string, std::int64_t> families;
    const auto report = written();
    for (const auto& run : report["benchmarks"]) {
        EXPECT_EQ(run["time_unit"], "ns");
        EXPECT_EQ(run["repetitions"], 3);
        EXPECT_EQ(run["per_family_instance_index"], 0);
        families[run["run_name"]] = run["family_index"];
        wall[run["name"]].push_back(run["real_time"]);
        processor[run["name"]].push_back(run["cpu_time"]);
    }
    const std::map<std::string, std::int64_t> in_order = {
        {"00-test/large/reference", 0}, {"00-test/large/yours", 1}, {"00-test/large/solution", 2}};
    EXPECT_EQ(families, in_order);
    ASSERT_EQ(wall["00-test/large/yours"].size(), 3U);
    EXPECT_NEAR(wall["00-test/large/yours"][1], 350'000, 1);
    EXPECT_NEAR(processor["00-test/large/yours"][1], 250'000, 1);
    EXPECT_NEAR(wall["00-test/large/yours_median"][0], 350'000, 1);
    EXPECT_NEAR(processor["00-test/large/yours_median"][0], 250'000, 1);
    EXPECT_NEAR(processor["00-test/large/reference"][0], 1'000'000, 1);
}

TEST_F(VerdictTest, GivesTheTimeOfAUnitByTheExercisesClock) {
    exercise_.timed.push_back(std::make_unique<NamedWorkload>());
    timed(epochs_of(std::vector<double>(12, 4), 8, 1e-4));  // 0.25 ms of processor time in 0.35 ms
    const auto figure = [&](const char* name) {
        return verdict_json(exercise_, evidence_)["timed"][0][name].get<double>();
    };
    EXPECT_DOUBLE_EQ(figure("nanoseconds_per_unit"), 2500);
    EXPECT_DOUBLE_EQ(figure("reference_nanoseconds_per_unit"), 10000);
    EXPECT_DOUBLE_EQ(figure("wall_over_cpu"), 1.4);
    EXPECT_DOUBLE_EQ(figure("processors_busy"), 1 / 1.4);
    EXPECT_DOUBLE_EQ(figure("share_of_limit"), 0.5);
    EXPECT_EQ(figure("epochs"), 12);
    EXPECT_EQ(figure("rounds"), 12 * 8);
    const auto text = [&](const char* name) {
        return verdict_json(exercise_, evidence_)["timed"][0][name].get<std::string>();
    };
    EXPECT_EQ(text("unit"), "element");
    EXPECT_EQ(text("clock"), "cpu");
    const auto limit = [&] { return verdict_json(exercise_, evidence_)["timed"][0]["limit"]; };
    exercise_.limit = "read bandwidth";
    EXPECT_EQ(limit(), "read bandwidth");
    for (Epoch& epoch : evidence_.rounds->epochs)
        epoch.workloads.front().share_of_limit = std::nullopt;
    EXPECT_TRUE(limit().is_null());
    exercise_.clock = ClockKind::wall;
    EXPECT_DOUBLE_EQ(figure("nanoseconds_per_unit"), 3500);
    EXPECT_EQ(text("clock"), "wall");
    exercise_.processes = 2;  // whose time is not in the submission's own
    EXPECT_TRUE(verdict_json(exercise_, evidence_)["timed"][0]["processors_busy"].is_null());
}

TEST_F(VerdictTest, SaysAfterHowManyCallsALongFirstOneIsPaidBackIfEver) {
    exercise_.timed.push_back(std::make_unique<NamedWorkload>());
    const auto first_call = [&](double speedup) {
        auto epochs = epochs_of(std::vector<double>(12, speedup), 8, 1e-4);
        // The processes serve four epochs.
        epochs[0].first_call = {.yours = 0.005, .solution = 0.01};
        epochs[4].first_call = {.yours = 0.0099, .solution = 0.02};
        epochs[8].first_call = {.yours = 0.011, .solution = 0.03};
        timed(epochs);
        return verdict_json(exercise_, evidence_)["first_call"];
    };
    EXPECT_EQ(first_call(2)["extra_seconds"], 0.0099);
    EXPECT_EQ(first_call(2)["solution_extra_seconds"], 0.02);
    EXPECT_EQ(first_call(2)["paid_back_after_calls"], 40);  // two in 1 ms, of which it gains 0.5 ms
    EXPECT_TRUE(first_call(1)["paid_back_after_calls"].is_null());
    exercise_.clock = ClockKind::wall;
    EXPECT_EQ(first_call(2)["paid_back_after_calls"], 50);  // it waits for 0.1 ms
}

TEST_F(VerdictTest, IsWrittenEvenWhenWhatWasPrintedOrThrownIsNoText) {
    evidence_.printed = "good \xff\xfe bad";
    evidence_.cases.no_answer = RunnerFailure(Status::crashed, "It threw \xce.", "");
    const auto verdict = written()["verdict"];
    EXPECT_EQ(verdict["printed"], "good \ufffd\ufffd bad");
    EXPECT_EQ(verdict["sentence"], "It threw \ufffd.");
}

TEST_F(VerdictTest, KeepsTheBeginningAndTheEndOfWhatWasPrinted) {
    evidence_.cases.no_answer = RunnerFailure(Status::hung, "It hangs.", "");
    const auto kept = [&](const std::string& printed) {
        evidence_.printed = printed;
        return verdict_json(exercise_, evidence_)["printed"].get<std::string>();
    };
    const std::string few(10000, 'x');
    EXPECT_EQ(kept(few), few);
    const std::string many = kept("begin" + few + few + few + "Fatal Python error: Aborted\n");
    EXPECT_TRUE(many.starts_with("beginx"));
    EXPECT_TRUE(many.ends_with("xFatal Python error: Aborted\n"));
    EXPECT_NE(many.find("x\n... 19793 bytes ...\nx"), std::string::npos) << many;
    const std::string last(8000, 'y');  // what an interpreter may say of many calls
    EXPECT_TRUE(kept(few + few + last).ends_with(last));
}

TEST_F(VerdictTest, CutsWhatWasPrintedBetweenCharacters) {
    evidence_.cases.no_answer = RunnerFailure(Status::hung, "It hangs.", "");
    for (const std::string before : {"", "x", "xx", "xxx"}) {
        evidence_.printed = before;
        for (int n = 0; n < 4000; ++n)
            evidence_.printed += "\U0001f30a";  // four bytes long
        evidence_.printed += before;
        const std::string kept = written()["verdict"]["printed"];
        EXPECT_EQ(kept.find("\ufffd"), std::string::npos) << before;
    }
}

Mismatch mismatch_of(double error, double scale, bool at_an_edge) {
    return {.item = 0,
            .index = "",
            .size = "",
            .got = "",
            .expected = "",
            .error = error,
            .tolerance = 1e-15 * scale,
            .scale = scale,
            .traits = {{Trait::at_an_edge, at_an_edge}}};
}

TEST(WorstMismatch, IsTheOneFurthestOffInTolerancesAndNaNBeforeAnyNumber) {
    WorstMismatch worst;
    const auto worst_after = [&](double error, double tolerance) {
        worst.look_at(
            error, tolerance, [] { return Traits{}; },
            [&] {
                Mismatch mismatch = mismatch_of(error, 1, false);
                mismatch.tolerance = tolerance;
                return mismatch;
            });
        return worst.get()->error;
    };
    EXPECT_EQ(worst_after(4, 2), 4);
    EXPECT_EQ(worst_after(3, 1), 3);
    EXPECT_EQ(worst_after(5, 2), 3);
    EXPECT_EQ(worst_after(0.1, 0), 0.1);  // an exact result was asked for
    EXPECT_EQ(worst_after(0.2, 0), 0.2);
    EXPECT_EQ(worst_after(7, 1), 0.2);
    EXPECT_TRUE(std::isnan(worst_after(std::nan(""), 1)));
    EXPECT_TRUE(std::isnan(worst_after(1e9, 1)));
}

TEST(Smell, IsOfRoundingWhenTheFirstDigitsAreRight) {
    EXPECT_EQ(smell_of(mismatch_of(1e-7, 1, false), true), Smell::rounding);
    EXPECT_EQ(smell_of(mismatch_of(0.1, 1, false), true), Smell::different);
    EXPECT_EQ(smell_of(mismatch_of(1e-4, 1000, false), true), Smell::rounding);
}

TEST(Smell, IsOfRoundingWhenAFewOfTheDigitsAskedForAreMissing) {
    Mismatch mismatch = mismatch_of(4e-6, 1, false);
    mismatch.tolerance = 1e-6;
    EXPECT_EQ(smell_of(mismatch, true), Smell::rounding);
    mismatch.error = 1e-3;
    EXPECT_EQ(smell_of(mismatch, true), Smell::different);
}

TEST(Smell, IsOfEdgesWhenOnlyTheyAreWrong) {
    EXPECT_EQ(smell_of(mismatch_of(0.1, 1, true), true), Smell::edges);
}

TEST(Smell, IsOfAnIntWhenAllAnswersAreWholeNumbersButNotAllAreZero) {
    Mismatch mismatch = mismatch_of(0.1, 1, true);
    mismatch.traits = {{Trait::whole_number, true}, {Trait::at_an_edge, true}};
    EXPECT_EQ(smell_of(mismatch, true), Smell::integers);
    EXPECT_EQ(smell_of(mismatch, false), Smell::integers);
    mismatch.traits = {{Trait::whole_number, true}, {Trait::zero, true}, {Trait::at_an_edge, true}};
    EXPECT_EQ(smell_of(mismatch, true), Smell::edges);
}

TEST(Smell, IsOfZerosWhenAllAnswersAreZeroAndNotOnlyAtEdges) {
    Mismatch mismatch = mismatch_of(0.1, 1, false);
    mismatch.traits = {{Trait::whole_number, true}, {Trait::zero, true}};
    EXPECT_EQ(smell_of(mismatch, true), Smell::zeros);
    EXPECT_EQ(smell_of(mismatch, false), Smell::race);
    mismatch.traits &= {{Trait::whole_number, true}};
    EXPECT_EQ(smell_of(mismatch, true), Smell::integers);
}

TEST(Smell, IsOfTinyNumbersTakenForZeroWhereverTheyAre) {
    Mismatch mismatch = mismatch_of(0.1, 1, true);
    mismatch.traits = {{Trait::flushed, true}, {Trait::zero, true}, {Trait::at_an_edge, true}};
    EXPECT_EQ(smell_of(mismatch, true), Smell::flushed);
}

TEST(Smell, IsOfTheFirstOrTheLastElementUnlessOnlyEdgesAreWrong) {
    Mismatch mismatch = mismatch_of(0.1, 1, true);
    mismatch.traits = {
        {Trait::at_an_edge, true}, {Trait::off_by_the_first, true}, {Trait::off_by_the_last, true}};
    EXPECT_EQ(smell_of(mismatch, true), Smell::edges);
    mismatch.traits &= {{Trait::off_by_the_first, true}, {Trait::off_by_the_last, true}};
    EXPECT_EQ(smell_of(mismatch, true), Smell::first);
    mismatch.traits &= {{Trait::off_by_the_last, true}};
    EXPECT_EQ(smell_of(mismatch, true), Smell::last);
}

TEST(Smell, IsOfAFactorOrOfTheIncidentWaveBeforeThePlacesThatAreWrong) {
    Mismatch mismatch = mismatch_of(1, 1, true);
    mismatch.traits = {{Trait::at_an_edge, true}, {Trait::near_the_contour, true}, {Trait::a_multiple, true}};
    EXPECT_EQ(smell_of(mismatch, true), Smell::multiple);
    mismatch.traits = {{Trait::near_the_contour, true}, {Trait::incident_wave_added, true}};
    EXPECT_EQ(smell_of(mismatch, true), Smell::whole_wave);
}

TEST(Smell, IsOfAnyFactorUnlessAllProblemsAreOfAPointOrTwo) {
    Mismatch mismatch = mismatch_of(1, 1, true);
    mismatch.traits = {{Trait::scaled, true}, {Trait::a_multiple, true}};
    EXPECT_EQ(smell_of(mismatch, true), Smell::multiple);
    mismatch.traits = {{Trait::scaled, true}, {Trait::near_the_contour, true}, {Trait::at_an_edge, true}};
    EXPECT_EQ(smell_of(mismatch, true), Smell::factor);
    mismatch.traits = {{Trait::scaled, true}, {Trait::of_few_points, true}, {Trait::at_an_edge, true}};
    EXPECT_EQ(smell_of(mismatch, true), Smell::edges);
}

TEST(Smell, IsOfAMasksValuesBeforeThePlacesWhereTheyAreWrong) {
    Mismatch mismatch = mismatch_of(254, 1, false);
    mismatch.traits = {{Trait::neither_0_nor_1, true}, {Trait::level_with_a_corner, true}};
    EXPECT_EQ(smell_of(mismatch, true), Smell::mask);
}

TEST(Smell, IsOfCornersUnlessOnlyTheFirstAndLastRowsAreWrong) {
    Mismatch mismatch = mismatch_of(1, 1, false);
    mismatch.traits = {{Trait::level_with_a_corner, true}, {Trait::is_inside, true}};
    EXPECT_EQ(smell_of(mismatch, true), Smell::corners);
    mismatch.traits = {
        {Trait::level_with_a_corner, true}, {Trait::is_inside, true}, {Trait::at_an_edge, true}};
    EXPECT_EQ(smell_of(mismatch, true), Smell::edges);
}

TEST(Smell, IsOfRowsFromTheirEndBeforeThePlacesThatAreWrong) {
    Mismatch mismatch = mismatch_of(1, 1, false);
    mismatch.traits = {{Trait::near_the_contour, true}, {Trait::mirrored_points, true}};
    EXPECT_EQ(smell_of(mismatch, true), Smell::mirrored);
}

TEST(Smell, IsOfAnIndexThatIsOffByOneUnlessOnlyEdgesAreWrong) {
    Mismatch mismatch = mismatch_of(1, 1, false);
    mismatch.traits = {{Trait::near_the_contour, true}, {Trait::next_points, true}};
    EXPECT_EQ(smell_of(mismatch, true), Smell::shifted);
    mismatch.traits = {{Trait::at_an_edge, true}, {Trait::next_points, true}};
    EXPECT_EQ(smell_of(mismatch, true), Smell::edges);
}

TEST(Smell, OfWrongPointsInsideMayBeThatOfAFieldThatIsNotCleared) {
    EXPECT_NE(explain(Smell::inside).find("a 0 that is not written"), std::string::npos);
}

TEST(Smell, OfDifferentAnswersMayBeThatOfMemoryBehindAnArrayWhereThereAreNoThreads) {
    EXPECT_NE(explain(Smell::race).find("behind an array's end"), std::string::npos);
}

TEST(Smell, IsOfWhatAllWrongElementsHaveInCommon) {
    Mismatch mismatch = mismatch_of(0.1, 1, false);
    mismatch.traits = {{Trait::is_inside, true}, {Trait::near_the_contour, true}};
    EXPECT_EQ(smell_of(mismatch, true), Smell::inside);
    mismatch.traits &= {{Trait::taken_for_inside, true}, {Trait::near_the_contour, true}};
    EXPECT_EQ(smell_of(mismatch, true), Smell::near);
    mismatch.traits &= {{Trait::is_inside, true}};
    EXPECT_EQ(smell_of(mismatch, true), Smell::different);
}

TEST(Smell, IsOfLostDigitsWhenOnlyPointsNextToTheContourAreOnTheWrongSide) {
    Mismatch mismatch = mismatch_of(1, 0, false);
    mismatch.traits = {{Trait::next_to_the_contour, true},
                       {Trait::contour_has_dents, true},
                       {Trait::is_inside, true},
                       {Trait::on_an_uneven_grid, true}};
    EXPECT_EQ(smell_of(mismatch, true), Smell::hair);
    EXPECT_NE(explain(Smell::hair).find("single precision"), std::string::npos);
}

TEST(Smell, IsOfTheTestForInsideWherePointsOnBothSidesAreWrong) {
    Mismatch mismatch = mismatch_of(1, 0, false);
    mismatch.traits = {
        {Trait::on_the_wrong_side, true}, {Trait::is_inside, true}, {Trait::near_the_contour, true}};
    EXPECT_EQ(smell_of(mismatch, true), Smell::inside);
    mismatch.traits &= {{Trait::on_the_wrong_side, true}, {Trait::near_the_contour, true}};
    EXPECT_EQ(smell_of(mismatch, true), Smell::sides);
    mismatch.traits = {{Trait::on_the_wrong_side, true}, {Trait::contour_has_dents, true}};
    EXPECT_EQ(smell_of(mismatch, true), Smell::dents);
    mismatch.traits = {{Trait::on_the_wrong_side, true}, {Trait::on_an_uneven_grid, true}};
    EXPECT_EQ(smell_of(mismatch, true), Smell::spacing);
}

TEST(Smell, IsOfALostImaginaryPartUnlessThePointsAreTakenForInside) {
    Mismatch mismatch = mismatch_of(0.1, 1, false);
    mismatch.traits = {{Trait::taken_for_inside, true}, {Trait::real, true}, {Trait::near_the_contour, true}};
    EXPECT_EQ(smell_of(mismatch, true), Smell::outside);
    mismatch.traits &= {{Trait::real, true}, {Trait::near_the_contour, true}};
    EXPECT_EQ(smell_of(mismatch, true), Smell::real);
}

TEST(Smell, IsOfNoNumbersWhenAllAnswersAreNaNOrInfiniteWhereverTheyAre) {
    Mismatch mismatch = mismatch_of(std::nan(""), 1, true);
    mismatch.traits = {{Trait::not_finite, true}, {Trait::near_the_contour, true}};
    EXPECT_EQ(smell_of(mismatch, true), Smell::not_a_number);
    EXPECT_NE(explain(Smell::not_a_number).find("behind an array's end"), std::string::npos);
    EXPECT_EQ(smell_of(mismatch, false), Smell::race);
}

TEST(Smell, IsOfSpacingWhenOnlyUnevenGridsAreWrongCloseAsTheyAre) {
    Mismatch mismatch = mismatch_of(0.1, 1, false);
    mismatch.traits = {{Trait::on_an_uneven_grid, true}, {Trait::near_the_contour, true}};
    EXPECT_EQ(smell_of(mismatch, true), Smell::spacing);
    mismatch.traits &= {{Trait::near_the_contour, true}};
    EXPECT_EQ(smell_of(mismatch, true), Smell::near);
}

TEST(Smell, OfNearPointsOrRoundingMayBeThatOfAnInterpolation) {
    EXPECT_NE(explain(Smell::near).find("interpolation"), std::string::npos);
    EXPECT_NE(explain(Smell::rounding).find("nodes"), std::string::npos);
}

TEST(Smell, OfWhatWasNeverWrittenMayBeThatOfWhatWasAddedToIt) {
    EXPECT_NE(explain(Smell::unwritten).find("+="), std::string::npos);
}

TEST(Smell, OfPointsTakenForInsideMayBeThatOfPointsLeftOut) {
    Mismatch mismatch = mismatch_of(0.1, 1, false);
    mismatch.traits = {{Trait::taken_for_inside, true}};
    const std::string said = explain(smell_of(mismatch, true));
    EXPECT_NE(said.find("left out"), std::string::npos);
    EXPECT_NE(said.find("a part of the sum"), std::string::npos);
}

TEST(Smell, IsOfWhatTheAnswerItselfTellsWhateverElseIsInCommon) {
    Mismatch mismatch = mismatch_of(std::nan(""), 1, true);
    mismatch.got = full_digits(std::bit_cast<double>(untouched));
    EXPECT_EQ(smell_of(mismatch, true), Smell::unwritten);
    EXPECT_EQ(smell_of(mismatch, false), Smell::race);
    mismatch.got = full_digits(std::bit_cast<double>(behind_the_end));
    EXPECT_EQ(smell_of(mismatch, true), Smell::beyond);
    mismatch.got = "nan";
    EXPECT_EQ(smell_of(mismatch, true), Smell::edges);
}

TEST(Smell, IsOfARaceWhenTheSameInputGivesAnotherAnswer) {
    EXPECT_EQ(smell_of(mismatch_of(0.1, 1, true), false), Smell::race);
}

TEST(CallLimit, FollowsTheReferenceWithinSeconds) {
    using namespace std::chrono_literals;
    EXPECT_EQ(call_limit(1ms), Nanoseconds(1s));
    EXPECT_EQ(call_limit(200ms), Nanoseconds(4s));
    EXPECT_EQ(call_limit(100s), Nanoseconds(10s));
}

TEST(CallLimit, DoesNotCountTheTimeInWhichOthersHadTheProcessorUpToTwiceItself) {
    using namespace std::chrono_literals;
    EXPECT_EQ(with_turns_of_others(10s, 0s), Nanoseconds(10s));
    EXPECT_EQ(with_turns_of_others(10s, -1ns), Nanoseconds(10s));
    EXPECT_EQ(with_turns_of_others(10s, 7s), Nanoseconds(17s));
    EXPECT_EQ(with_turns_of_others(10s, 60s), Nanoseconds(20s));
}

}  // namespace
}  // namespace grading
