// Ends where the compiler has put its own trap, which on Arm is a breakpoint.
// expect: crashed
// says: SIGTRAP (Trace/breakpoint trap). The case is
// advises: a function that ends without its return statement
// needs: aarch64
#include "sum.hpp"

double sum(std::span<const double>) {
    __builtin_trap();
}
