// The order in which sides take turns.
#include "schedule.hpp"

#include <algorithm>
#include <numeric>

namespace grading {

std::vector<std::vector<std::size_t>> balanced_orders(std::size_t sides, std::size_t rounds, Random& random) {
    std::vector<std::vector<std::size_t>> orders;
    std::vector<std::size_t> order(sides);
    std::iota(order.begin(), order.end(), std::size_t{0});
    while (orders.size() < rounds) {
        std::shuffle(order.begin(), order.end(), random.engine());
        orders.push_back(order);
        std::reverse(order.begin(), order.end());
        if (orders.size() < rounds) orders.push_back(order);
    }
    return orders;
}

}  // namespace grading
