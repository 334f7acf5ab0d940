// The correctness cases as GoogleTest tests; JUnit XML comes with it.
#include "cases.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
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
        if (result_.failure)
            result_.failure->smell = smell_of(result_.failure->mismatch, first_failure_comes_again_);
        setup_.reference.stop();
        setup_.yours.stop();
        return result_;
    }

  private:
    std::string judge_or_stop(const Workload& workload) {
        const double scale = setup_.inputs.make_batch(workload, batch_seed(setup_.seed, done_), true);
        start_if_needed(setup_.reference, setup_.inputs.for_reference(workload));
        // Any case may be the first that needs something compiled.
        const Nanoseconds limit = call_limit(scaled(setup_.reference.answer(start_up_limit), scale)) +
                                  time_to_compile(setup_.exercise.language);
        try {
            start_if_needed(setup_.yours, setup_.inputs.whole);
            answer(workload, limit);
            return compare(workload, limit);
        } catch (const RunnerFailure& failure) {
            result_.no_answer = failure;
            return failure.what();
        }
    }

    /// Where the input may be the reason for no answer, the case is named.
    void answer(const Workload& workload, Nanoseconds limit) const {
        try {
            setup_.yours.answer(limit);
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
            first_failure_comes_again_ = gives_the_same_again(setup_.yours, limit);
            result_.failure = Failure{workload.name(), setup_.seed, *mismatch, Smell::different};
        }
        return mismatch->size + ": " + mismatch->index + " is " + mismatch->got + ", expected " +
               mismatch->expected;
    }

    static constexpr Nanoseconds start_up_limit = std::chrono::seconds(20);

    CasesSetup setup_;
    CasesResult result_;
    std::size_t done_ = 0;
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

struct Words {
    const char* name;
    const char* sentence;
};

Words words_on(Smell smell) {
    switch (smell) {
        case Smell::race:
            return {"race",
                    "Two runs on one input gave different answers: it smells of a race between threads, of "
                    "memory that nobody wrote, or of something kept from an earlier call."};
        case Smell::rounding:
            return {"rounding",
                    "The first digits are right: it smells of rounding - single precision on the way, an "
                    "approximation that is too short, or additions that lose more digits than they may."};
        case Smell::integers:
            return {"integers",
                    "Every wrong answer is a whole number: it smells of an int on the way - a variable of "
                    "that type, std::accumulate that begins with 0 and not with 0.0, or, with ctypes, a "
                    "function whose restype is not set."};
        case Smell::conjugate:
            return {"conjugate",
                    "Every wrong value is the right one's complex conjugate: it smells of a sign in an "
                    "exponent, or of J - iY in place of J + iY."};
        case Smell::opposite:
            return {"opposite",
                    "Every wrong value has the opposite sign: it smells of the direction of the normals, or "
                    "of a lost minus."};
        case Smell::corners:
            return {"corners",
                    "All wrong points are level with a corner of the contour: it smells of how a row that "
                    "goes through a corner is counted. The corner belongs to one of its two segments."};
        case Smell::dents:
            return {"dents",
                    "Only points in contours that are not convex are on the wrong side: it smells of a test "
                    "that holds for convex ones only, such as the signs of all cross products, or the first "
                    "and the last crossing of a row."};
        case Smell::inside:
            return {"inside", "All wrong points lie inside of the obstacle: it smells of the test for that."};
        case Smell::outside:
            return {"outside",
                    "All wrong points lie outside of the obstacle and are treated as if inside: it smells of "
                    "the test for that."};
        case Smell::near:
            return {"near",
                    "All wrong points lie within two wavelengths of the contour: it smells of the far form "
                    "where only the near one holds, or of a distance that has lost its digits."};
        case Smell::edges:
            return {"edges",
                    "Only edges are wrong: it smells of a loop's end - what is left when the vector's width "
                    "does not divide the length, or the first and last row."};
        case Smell::different:
            return {"different",
                    "Take the smallest case that fails and work it out by hand beside your code."};
    }
    throw std::logic_error("a smell without words");
}

/// What wrong answers have in common says of the reason; the more particular first.
Smell smell_of(const Traits& traits) {
    const bool wrong_side = traits.have(Trait::is_inside) || traits.have(Trait::taken_for_inside);
    if (traits.have(Trait::whole_number) && !traits.have(Trait::zero)) return Smell::integers;
    if (traits.have(Trait::conjugate)) return Smell::conjugate;
    if (traits.have(Trait::opposite)) return Smell::opposite;
    if (traits.have(Trait::level_with_a_corner)) return Smell::corners;
    if (traits.have(Trait::contour_has_dents) && wrong_side) return Smell::dents;
    if (traits.have(Trait::is_inside)) return Smell::inside;
    if (traits.have(Trait::taken_for_inside)) return Smell::outside;
    if (traits.have(Trait::near_the_contour)) return Smell::near;
    if (traits.have(Trait::at_an_edge)) return Smell::edges;
    return Smell::different;
}

}  // namespace

std::string to_string(Smell smell) {
    return words_on(smell).name;
}

std::string explain(Smell smell) {
    return words_on(smell).sentence;
}

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

Smell smell_of(const Mismatch& mismatch, bool same_again) {
    // What single precision or a short approximation costs; leaving out one of 100,000 elements costs more.
    constexpr double like_rounding = 1e-6;
    // Where no more than six digits are asked for, an approximation that is too short has fewer.
    constexpr double a_few_tolerances = 10;
    const Smell in_common = smell_of(mismatch.traits);
    if (in_common == Smell::integers) return in_common;  // what a wrong type makes may be another each time
    if (!same_again) return Smell::race;
    if (mismatch.error <= std::max(like_rounding * mismatch.scale, a_few_tolerances * mismatch.tolerance))
        return Smell::rounding;
    return in_common;
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
