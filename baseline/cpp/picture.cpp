// A picture of a field as a PNG file, by way of libpng's simplified interface.
#include "picture.hpp"

#include <png.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "command_line.hpp"
#include "output_file.hpp"

namespace baseline {
namespace {

// From -2 to 2: an incident wave of amplitude 1 and its full reflection. Five colours, blended linearly.
constexpr double largest_value = 2.0;
constexpr std::array<Colour, 5> colours = {
    {{5, 48, 97}, {67, 147, 195}, {247, 247, 247}, {214, 96, 77}, {103, 0, 31}}};
constexpr Colour grey = {128, 128, 128};

constexpr std::size_t smallest_side = 600;
constexpr std::size_t largest_side = 4096;

struct PictureSize {
    std::size_t width;
    std::size_t height;
};

/// As many pixels as the grid has points, within limits, and the same scale along x and y.
PictureSize picture_size(const Grid& grid) {
    const std::size_t side = std::clamp(std::max(grid.x.size(), grid.y.size()), smallest_side, largest_side);
    const double x_length = grid.x.back() - grid.x.front();
    const double y_length = grid.y.back() - grid.y.front();
    const auto pixels = [&](double length) {
        const double exact = static_cast<double>(side) * length / std::max(x_length, y_length);
        return std::max<std::size_t>(1, static_cast<std::size_t>(std::lround(exact)));
    };
    return {pixels(x_length), pixels(y_length)};
}

/// The grid point that is nearest to a pixel.
std::size_t nearest_point(std::size_t pixel, std::size_t pixels, std::size_t points) {
    return (pixel * (points - 1) + (pixels - 1) / 2) / std::max<std::size_t>(pixels - 1, 1);
}

void write_png(const std::string& path, PictureSize size, const std::vector<std::uint8_t>& pixels) {
    png_image image = {};
    image.version = PNG_IMAGE_VERSION;
    image.width = static_cast<png_uint_32>(size.width);
    image.height = static_cast<png_uint_32>(size.height);
    image.format = PNG_FORMAT_RGB;

    png_alloc_size_t bytes = 0;
    std::vector<std::uint8_t> encoded;
    bool good = png_image_write_to_memory(&image, nullptr, &bytes, 0, pixels.data(), 0, nullptr) != 0;
    if (good) {
        encoded.resize(bytes);
        good = png_image_write_to_memory(&image, encoded.data(), &bytes, 0, pixels.data(), 0, nullptr) != 0;
    }
    if (!good) {
        throw OutputError(sentence("cannot write '", path, "': ", image.message, "."));
    }
    OutputFile file(path);
    file.write(encoded.data(), bytes);
    file.commit();
}

}  // namespace

Colour colour_of(double value) {
    const double place =
        (std::clamp(value / largest_value, -1.0, 1.0) + 1.0) * 0.5 * static_cast<double>(colours.size() - 1);
    const std::size_t lower = std::min(static_cast<std::size_t>(place), colours.size() - 2);
    const double part = place - static_cast<double>(lower);
    Colour colour = {};
    for (std::size_t c = 0; c < colour.size(); ++c) {
        const double blended = (1.0 - part) * colours[lower][c] + part * colours[lower + 1][c];
        colour[c] = static_cast<std::uint8_t>(std::lround(blended));
    }
    return colour;
}

void write_picture(const std::string& path, const Grid& grid, const ValueAt& value_at,
                   const IsObstacle& is_obstacle) {
    const PictureSize size = picture_size(grid);
    std::vector<std::uint8_t> pixels;
    pixels.reserve(3 * size.width * size.height);
    for (std::size_t row = 0; row < size.height; ++row) {
        // The first row of a picture is its top.
        const std::size_t j = nearest_point(size.height - 1 - row, size.height, grid.y.size());
        for (std::size_t column = 0; column < size.width; ++column) {
            const std::size_t i = nearest_point(column, size.width, grid.x.size());
            const Colour colour = is_obstacle(i, j) ? grey : colour_of(value_at(i, j));
            pixels.insert(pixels.end(), colour.begin(), colour.end());
        }
    }
    write_png(path, size, pixels);
}

}  // namespace baseline
