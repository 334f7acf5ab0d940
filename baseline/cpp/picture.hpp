// A picture of a field: blue where it is negative, red where it is positive, the obstacle in grey, y upward.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <string>

#include "grid.hpp"

namespace baseline {

using Colour = std::array<std::uint8_t, 3>;

/// The colour of a value, dark blue at -2 and below, white at 0, dark red at 2 and above.
Colour colour_of(double value);

/// A pixel's value as a function of the indices i and j of the grid lines; none inside the obstacle.
using ValueAt = std::function<double(std::size_t i, std::size_t j)>;
using IsObstacle = std::function<bool(std::size_t i, std::size_t j)>;

/// Writes a PNG file.
void write_picture(const std::string& path, const Grid& grid, const ValueAt& value_at,
                   const IsObstacle& is_obstacle);

}  // namespace baseline
