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
    if (failure.status != Status::crashed && failure.status != Status::hung) return failure;
    return {failure.status, std::string(failure.what()) + " The case is " + name + ".", failure.advice};
}

}  // namespace grading
