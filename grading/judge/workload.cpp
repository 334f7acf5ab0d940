// The families that there are, and what their files share.
#include "workload.hpp"

#include <array>
#include <bit>
#include <cmath>
#include <cstdio>
#include <limits>
#include <map>

namespace grading {
namespace {

std::map<std::string, WorkloadFactory>& families() {
    static std::map<std::string, WorkloadFactory> known;
    return known;
}

}  // namespace

const WorkloadFactory& find_family(const std::string& name) {
    const auto found = families().find(name);
    if (found != families().end()) return found->second;
    std::string names;
    for (const auto& [known, factory] : families())
        names += (names.empty() ? "" : ", ") + known;
    throw ExerciseError("there is no family \"" + name + "\"; there are " + names);
}

FamilyRegistration::FamilyRegistration(const std::string& name, WorkloadFactory factory) {
    families().emplace(name, std::move(factory));
}

double Workload::bytes_per_unit() const {
    std::size_t doubles = 0;
    const Shape arrays = shape();
    for (const auto* items : {&arrays.inputs, &arrays.outputs})
        for (const auto& item : *items)
            for (const std::size_t count : item)
                doubles += count;
    return static_cast<double>(doubles * sizeof(double)) / units();
}

double InputAreas::make_batch(const Workload& workload, std::uint64_t seed, bool of_a_case) {
    Random random(seed);
    whole.lay_out(workload.shape(), of_a_case ? random.below(8) : 0);
    if (of_a_case && random.below(2) == 1) whole.change_what_is_behind();
    workload.generate(whole, random);
    if (workload.excerpt() == nullptr) return 1;
    excerpt.lay_out(workload.excerpt()->shape(), 0);
    return workload.excerpt()->take(whole, excerpt, random);
}

bool WorstMismatch::is_worse(double error, double tolerance) const {
    if (!worst_) return true;
    if (std::isnan(worst_->error)) return false;
    // An exact result was asked for where the tolerance is 0, so there only the errors can be compared.
    return !(error * worst_->tolerance <= worst_->error * tolerance) ||
           (tolerance == 0 && error > worst_->error);
}

std::string full_digits(double value) {
    const auto bits = std::bit_cast<std::uint64_t>(value);
    if (bits == untouched || bits == untouched_but_added_to) return never_written;
    const std::string remark =
        comes_from_behind_the_end(value) ? std::string(", ") + read_behind_the_end : "";
    if (std::isnan(value)) return "NaN" + remark;  // a sign says nothing
    std::array<char, 40> text{};
    std::snprintf(text.data(), text.size(), "%.17g", value);
    return text.data() + remark;
}

bool is_whole_number(double answer) {
    using Int = std::numeric_limits<int>;
    return answer >= Int::min() && answer <= Int::max() && answer == std::trunc(answer);
}

}  // namespace grading
