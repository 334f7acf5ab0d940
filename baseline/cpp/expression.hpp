// Expressions in t, as they are given for the obstacle's contour.
#pragma once

#include <span>
#include <string>
#include <vector>

namespace baseline {

/// The values of an expression at all t. Both ^ and ** mean power; division by 0 and the like give inf or
/// nan. Throws a UsageError, which begins with the option's name, for a text that is not an expression in t.
std::vector<double> evaluate(const std::string& option, const std::string& text, std::span<const double> t);

}  // namespace baseline
