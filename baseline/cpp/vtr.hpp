// A field on a rectangular grid as a VTK file, for ParaView and the like.
#pragma once

#include <span>
#include <string>

#include "grid.hpp"

namespace baseline {

/// Writes values[j * x.size() + i], which belong to the points (x[i], y[j]), as the point data `name` of a
/// VTK file (XML RectilinearGrid, .vtr, raw appended data).
void write_vtr(const std::string& path, const Grid& grid, const std::string& name,
               std::span<const float> values);

}  // namespace baseline
