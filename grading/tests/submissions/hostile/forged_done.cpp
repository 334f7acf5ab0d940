// Tells the judge that it is done before it begins, and computes afterwards.
// expect: wrong or broken_protocol
#include <sys/socket.h>

#include "protocol.hpp"
#include "sum.hpp"

double sum(std::span<const double> values) {
    const grading::Message done{.kind = grading::MessageKind::done};
    send(grading::socket_descriptor, &done, sizeof done, 0);
    double total = 0;
    for (const double value : values)
        total += value;
    return total;
}
