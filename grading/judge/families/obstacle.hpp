// An obstacle and a grid of points, as the tables of an exercise.toml describe them.
#pragma once

#include <cstddef>
#include <string>

#include "../entry.hpp"
#include "../geometry.hpp"

namespace grading {

/// So many intervals of the grid, and so many segments of the contour; kinds as in geometry.hpp.
struct Obstacle {
    std::size_t nx, ny, nc;
    std::string contour;
    std::string grid;
};

/// Says at once when a name or a number cannot be meant.
inline void check(const Obstacle& obstacle) {
    if (obstacle.nc < 3) throw ExerciseError("\"nc\" must be at least 3");
    check_contour(obstacle.contour);
    check_grid(obstacle.grid);
}

inline std::string case_name(const Obstacle& obstacle) {
    return obstacle.contour + ", " + std::to_string(obstacle.nx + 1) + " x " +
           std::to_string(obstacle.ny + 1) + " points, nc = " + std::to_string(obstacle.nc) + ", " +
           obstacle.grid;
}

}  // namespace grading
