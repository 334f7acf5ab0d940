// Answers 0 whatever there is to add up.
// expect: wrong
#include "sum.hpp"

double sum(std::span<const double>) {
    return 0.0;
}
