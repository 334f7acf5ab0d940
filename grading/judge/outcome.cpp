// The words of a verdict.
#include "outcome.hpp"

namespace grading {

std::string to_string(Status status) {
    switch (status) {
        case Status::passed:
            return "passed";
        case Status::too_slow:
            return "too_slow";
        case Status::undecided:
            return "undecided";
        case Status::suspect:
            return "suspect";
        case Status::wrong:
            return "wrong";
        case Status::crashed:
            return "crashed";
        case Status::exited:
            return "exited";
        case Status::hung:
            return "hung";
        case Status::too_much_memory:
            return "too_much_memory";
        case Status::too_much_output:
            return "too_much_output";
        case Status::forbidden:
            return "forbidden";
        case Status::broken_protocol:
            return "broken_protocol";
        case Status::not_loadable:
            return "not_loadable";
        case Status::skipped:
            return "skipped";
    }
    throw std::logic_error("a status without a name");
}

RunnerFailure in_case(const RunnerFailure& failure, const std::string& name) {
    switch (failure.status) {
        case Status::crashed:
        case Status::exited:
        case Status::hung:
        case Status::too_much_memory:
            break;
        default:
            return failure;
    }
    return {failure.status, std::string(failure.what()) + " The case is " + name + ".", failure.advice};
}

RunnerFailure wrote_outside_its_output(Language language, const std::string& batch) {
    const std::string who_finds_it =
        language == Language::cpp ? "; `make sanitize EX=...` finds the line." : ".";
    return {Status::wrong, "It wrote outside its output array (" + batch + ").",
            "Look at the last index that you write, and at vectors that reach beyond the end" + who_finds_it};
}

}  // namespace grading
