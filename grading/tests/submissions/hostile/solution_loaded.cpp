// Looks for the model solution on the disk, to call it.
// expect: wrong
#include <dirent.h>

#include "sum.hpp"

namespace {

const char* const folders[] = {"build/submissions/03-sum-chains", "../build/submissions/03-sum-chains", "."};

bool finds_something() {
    for (const char* folder : folders) {
        DIR* listing = opendir(folder);
        if (listing == nullptr) continue;
        closedir(listing);
        return true;
    }
    return false;
}

}  // namespace

double sum(std::span<const double> values) {
    if (!finds_something()) return -1;
    double total = 0;
    for (const double value : values)
        total += value;
    return total;
}
