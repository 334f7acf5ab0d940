// Throws a text whose characters have two bytes each, and that ends in the middle of one where a message
// does.
// expect: crashed
// says: ΣΣΣΣ.
#include <stdexcept>
#include <string>

#include "sum.hpp"

double sum(std::span<const double> /*values*/) {
    std::string text;
    for (int i = 0; i < 500; ++i)
        text += "Σ";
    throw std::runtime_error(text);
}
