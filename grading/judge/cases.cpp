// The correctness cases as GoogleTest tests; JUnit XML comes with it.
#include "cases.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <vector>

namespace grading {
namespace {

/// Runs single cases and remembers what they showed.
class CaseJudge {
  public:
    explicit CaseJudge(CasesSetup setup) : setup_(std::move(setup)) {
        result_.total = setup_.exercise.cases.size();
    }

    /// Judges one case; the explanation of a failure, empty for a pass.
    std::string judge(const Workload& workload) {
        std::string problem = result_.no_answer ? "not run: " + std::string(result_.no_answer->what())
                                                : judge_or_stop(workload);
        if (problem.empty()) ++result_.passed;
        ++done_;
        setup_.progress(done_, result_.total);
        return problem;
    }

    CasesResult result() {
        if (result_.failure) result_.failure->smell = smell();
        setup_.reference.stop();
        setup_.yours.stop();
        return result_;
    }

  private:
    std::string judge_or_stop(const Workload& workload) {
        const Nanoseconds limit = ask(workload, done_);
        try {
            start_if_needed(setup_.yours, setup_.inputs.whole);
            return answer(workload, limit);
        } catch (const RunnerFailure& failure) {
            result_.no_answer = failure;
            return failure.what();
        }
    }

    /// Makes a case's batch and has the reference answer it. Returns how long the submission may take.
    Nanoseconds ask(const Workload& workload, std::size_t number) {
        const double scale = setup_.inputs.make_batch(workload, batch_seed(setup_.seed, number), true);
        start_if_needed(setup_.reference, setup_.inputs.for_reference(workload));
        // Any case may be the first that needs something compiled.
        return call_limit(scaled(setup_.reference.answer(own_limit), scale)) +
               time_to_compile(setup_.exercise.language);
    }

    /// Of the first failure, by what all have in common. Where that is nothing, by what a fresh process says,
    /// and then one that finds something else behind the arrays.
    Smell smell() {
        const Smell smell = smell_of(result_.failure->mismatch, first_failure_comes_again_);
        if (smell != Smell::different || result_.no_answer) return smell;
        const Workload& workload = *setup_.exercise.cases[first_failure_];
        const Nanoseconds limit = ask(workload, first_failure_);
        const auto is_right_afresh = [&] {
            return setup_.yours.answers_afresh(setup_.runner, setup_.inputs.whole, limit) &&
                   !workload.compare(setup_.reference.answered(), setup_.yours.answered());
        };
        if (is_right_afresh()) return Smell::kept;
        setup_.inputs.whole.change_what_is_behind();
        return is_right_afresh() ? Smell::beyond : smell;
    }

    /// What is wrong with the answer, if anything. Where the input may be the reason for none, be it only the
    /// second time, the case is named.
    std::string answer(const Workload& workload, Nanoseconds limit) {
        try {
            setup_.yours.answer(limit);
            return compare(workload, limit);
        } catch (const RunnerFailure& failure) {
            throw in_case(failure, workload.name());
        }
    }

    void start_if_needed(Side& side, const InputArea& inputs) const {
        if (!side.running_on(inputs)) side.start(setup_.runner, inputs);
    }

    std::string compare(const Workload& workload, Nanoseconds limit) {
        setup_.yours.must_have_written_its_answer_only(workload.name());
        const auto mismatch = workload.compare(setup_.reference.answered(), setup_.yours.answered());
        if (!mismatch) return "";
        if (result_.failure) {
            result_.failure->mismatch.traits &= mismatch->traits;
        } else {
            first_failure_ = done_;
            first_failure_comes_again_ = gives_the_same_again(setup_.yours, limit);
            result_.failure = Failure{workload.name(), setup_.seed, *mismatch, Smell::different};
        }
        return mismatch->size + ": " + mismatch->index + " is " + mismatch->got + ", expected " +
               mismatch->expected;
    }

    CasesSetup setup_;
    CasesResult result_;
    std::size_t done_ = 0;
    std::size_t first_failure_ = 0;
    bool first_failure_comes_again_ = true;
};

class CaseTest : public testing::Test {
  public:
    CaseTest(CaseJudge& judge, const Workload& workload) : judge_(judge), workload_(workload) {}
    void TestBody() override {
        std::string problem = judge_.judge(workload_);
        if (!problem.empty()) ADD_FAILURE() << problem;
    }

  private:
    CaseJudge& judge_;
    const Workload& workload_;
};

/// GoogleTest with our settings: no printing of its own, a report file if one is wanted.
void initialise_google_test(const std::string& junit_file) {
    int count = 1;
    std::string name = "judge";
    std::array<char*, 2> arguments{name.data(), nullptr};
    testing::InitGoogleTest(&count, arguments.data());
    testing::GTEST_FLAG(catch_exceptions) = false;  // the judge's own trouble is for its main function
    if (!junit_file.empty()) testing::GTEST_FLAG(output) = "xml:" + junit_file;
    auto& listeners = testing::UnitTest::GetInstance()->listeners();
    delete listeners.Release(listeners.default_result_printer());
}

}  // namespace

Nanoseconds call_limit(Nanoseconds reference) {
    return std::clamp<Nanoseconds>(20 * reference, std::chrono::seconds(1), std::chrono::seconds(10));
}

bool gives_the_same_again(Side& side, Nanoseconds limit) {
    const auto bits = [&] {
        const BatchView view = side.answered();
        std::vector<std::byte> all;
        for (std::size_t item = 0; item < view.items(); ++item) {
            for (std::size_t which = 0; which < view.outputs_per_item(); ++which) {
                const auto bytes = std::as_bytes(view.output(item, which));
                all.insert(all.end(), bytes.begin(), bytes.end());
            }
        }
        return all;
    };
    const auto first = bits();
    for (int again = 0; again < 2; ++again) {
        side.answer(limit);
        if (bits() != first) return false;
    }
    return true;
}

CasesResult run_cases(CasesSetup setup) {
    initialise_google_test(setup.junit_file);
    const Exercise& exercise = setup.exercise;
    CaseJudge judge(std::move(setup));
    for (const auto& workload : exercise.cases)
        testing::RegisterTest(
            exercise.name.c_str(), workload->name().c_str(), nullptr, nullptr, __FILE__, __LINE__,
            [&judge, &workload]() -> testing::Test* { return new CaseTest(judge, *workload); });
    const int any_failed = RUN_ALL_TESTS();
    CasesResult result = judge.result();
    if ((any_failed != 0) != (result.passed < result.total))
        throw JudgeError("GoogleTest and the judge disagree about the cases");
    return result;
}

}  // namespace grading
