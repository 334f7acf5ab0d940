// Throws what is no valid UTF-8, in more bytes than a message has.
// expect: crashed
// says: An exception left the function: a sum of
#include <stdexcept>
#include <string>

#include "sum.hpp"

double sum(std::span<const double> /*values*/) {
    throw std::runtime_error("a sum of \xff\xfe" + std::string(500, '\xbf'));
}
