// 02-sum-ctypes: A sum in C++, called from Python
//
// TODO: The interpreter costs a hundred times more than the addition. Write mysum in C++, in sum.cpp, with a
// C interface, and call it from sum.py through ctypes.
//
// Check it with `make check EX=02`; the lesson is README.md beside this file.

#include <cstdint>

extern "C" {

/// An example: after `g++ -shared -fPIC sum.cpp -o libsum.so`, ctypes finds a function of this name in it.
std::int64_t bytes_of_doubles(std::int64_t count) {
    return count * static_cast<std::int64_t>(sizeof(double));
}
}
