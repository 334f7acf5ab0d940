// The extension at its start: what a function has to look like for Python to find it.
#include <cstdint>

extern "C" {

/// An example: after `g++ -shared -fPIC sum.cpp -o libsum.so`, ctypes finds a function of this name in it.
std::int64_t bytes_of_doubles(std::int64_t count) {
    return count * static_cast<std::int64_t>(sizeof(double));
}
}
