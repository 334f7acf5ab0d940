// The program `scatter`: computes the wave that an obstacle scatters, and writes it as a checksum, as files
// for ParaView or as a picture.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <complex>
#include <cstdio>
#include <numbers>
#include <vector>

#include "command_line.hpp"
#include "contour.hpp"
#include "grid.hpp"
#include "output_file.hpp"
#include "picture.hpp"
#include "progress.hpp"
#include "scatter.hpp"
#include "vtr.hpp"

namespace {

using baseline::Contour;
using baseline::Grid;
using baseline::sentence;
using Clock = std::chrono::steady_clock;
using Field = std::vector<std::complex<float>>;  // single precision, as in the original program

constexpr int frames = 20;
constexpr long long most_cells = 1'000'000'000;
constexpr long long most_segments = 1'000'000;

struct Options {
    double wavelength = 0.0;
    long long nx = 0;
    long long ny = 0;
    int nc = 0;
    std::string xc = "cos(2*pi*t + 0.5*sin(2*pi*t + 0.9))";
    std::string yc = "sin(2*pi*t)";
    std::string save;
    std::string png;
    bool checksum = false;
    bool help = false;
};

Options read_options(const std::vector<std::string>& arguments) {
    Options options;
    std::string wavelength = "0.5";
    std::string nx = "128";
    std::string ny = "128";
    std::string nc = "128";
    CLI::App app(
        "Computes the wave that an obstacle scatters when the plane wave exp(i k x), k = 2 pi / lambda, "
        "meets it. "
        "All lengths are in one unit, that of the contour.",
        "scatter");
    const auto add = [&app](const std::string& name, std::string& value, const std::string& type,
                            const char* help) {
        app.add_option(name, value, help)->type_name(type)->capture_default_str()->take_last();
    };
    add("--lambda", wavelength, "LENGTH", "wavelength");
    add("--nx", nx, "COUNT", "grid cells along x, from 5 wavelengths before to 3 behind the obstacle");
    add("--ny", ny, "COUNT", "grid cells along y, from 3 wavelengths below to 4 above the obstacle");
    add("--nc", nc, "COUNT", "segments of the contour");
    add("--xc", options.xc, "EXPRESSION", "the contour's x for t = 0 ... 1, anticlockwise");
    add("--yc", options.yc, "EXPRESSION", "the contour's y");
    app.add_flag("--checksum", options.checksum, "print the sum of |scattered wave|^2 over the grid");
    add("--save", options.save, "PREFIX",
        "write one period of the total wave to PREFIX00.vtr ... PREFIX19.vtr, for ParaView");
    add("--png", options.png, "FILE", "write a picture of the total wave");

    options.help = !baseline::parse(app, arguments);
    if (options.help) {
        return options;
    }
    options.wavelength = baseline::positive_number("--lambda", wavelength);
    options.nx = baseline::whole_number("--nx", nx, 1, most_cells);
    options.ny = baseline::whole_number("--ny", ny, 1, most_cells);
    options.nc = static_cast<int>(baseline::whole_number("--nc", nc, 3, most_segments));
    return options;
}

std::string frame_name(const std::string& prefix, int n) {
    return sentence(prefix, n < 10 ? "0" : "", n, ".vtr");
}

/// Refuses what would fail after the long computation.
void check_options(const Options& options, const Contour& contour) {
    const double size = size_of(contour);
    if (!(options.wavelength >= 1e-6 * size && options.wavelength <= 1e6 * size)) {
        throw baseline::UsageError(sentence("--lambda ", options.wavelength,
                                            " does not fit an obstacle of size ", size,
                                            "; it must lie between ", 1e-6 * size, " and ", 1e6 * size, "."));
    }
    const double columns = static_cast<double>(options.nx) + 1.0;
    const double rows = static_cast<double>(options.ny) + 1.0;
    const double bytes_per_point = options.save.empty() ? 8.0 : 12.0;
    baseline::check_memory(columns * rows * bytes_per_point + 16.0 * (columns + rows),
                           sentence("a grid of ", options.nx + 1, " x ", options.ny + 1, " points"),
                           "a smaller --nx or --ny");
    if (!options.save.empty()) {
        for (int n = 0; n < frames; ++n) {
            baseline::check_writable(frame_name(options.save, n));
        }
    }
    if (!options.png.empty()) {
        baseline::check_writable(options.png);
    }
}

/// The scattered field at all points, computed in pieces of a row that take about a tenth of a second each,
/// for the progress bar and for Ctrl-C.
Field scattered_field(const Contour& contour, const Grid& grid, double wavenumber) {
    const std::size_t piece = std::max<std::size_t>(1, 100'000 / contour.x.size());
    const std::size_t columns = grid.x.size();
    const double points = static_cast<double>(columns) * static_cast<double>(grid.y.size());
    Field field(columns * grid.y.size());
    std::vector<std::complex<double>> computed;
    baseline::Progress progress("scatter");
    for (std::size_t j = 0; j < grid.y.size(); ++j) {
        for (std::size_t i = 0; i < columns; i += piece) {
            const std::span<const double> x = std::span(grid.x).subspan(i, std::min(piece, columns - i));
            const std::span<const double> y = std::span(grid.y).subspan(j, 1);
            computed.resize(x.size());
            scatter({contour.x, contour.y, x, y, wavenumber, 0.0}, computed);
            std::transform(computed.begin(), computed.end(),
                           field.begin() + static_cast<std::ptrdiff_t>(j * columns + i),
                           [](std::complex<double> wave) { return std::complex<float>(wave); });
            baseline::check_interrupted();
            progress.update(static_cast<double>(j * columns + i + x.size()) / points);
        }
    }
    return field;
}

/// Whether the point with this scattered wave lies in the obstacle: only there it is 0 exactly.
bool is_obstacle(std::complex<float> scattered) {
    return scattered == std::complex<float>(0.0F);
}

/// The sum of |scattered wave|² over all points.
double checksum(const Field& field) {
    double sum = 0.0;
    for (const std::complex<float> wave : field) {
        sum += std::norm(std::complex<double>(wave));
    }
    return sum;
}

/// Adds the incident wave at every point outside the obstacle.
void add_incident_wave(Field& field, const Grid& grid, double wavenumber) {
    for (std::size_t i = 0; i < grid.x.size(); ++i) {
        const std::complex<float> incident(std::polar(1.0, wavenumber * grid.x[i]));
        for (std::size_t j = 0; j < grid.y.size(); ++j) {
            std::complex<float>& wave = field[j * grid.x.size() + i];
            wave += is_obstacle(wave) ? 0.0F : incident;
        }
    }
}

/// Writes one period of the total wave, a file for each moment.
void save_period(const std::string& prefix, const Grid& grid, const Field& total) {
    std::vector<float> values(total.size());
    for (int n = 0; n < frames; ++n) {
        baseline::check_interrupted();
        const std::complex<float> phase(std::polar(1.0, -2.0 * std::numbers::pi * n / frames));
        std::transform(total.begin(), total.end(), values.begin(), [phase](std::complex<float> wave) {
            return wave.real() * phase.real() - wave.imag() * phase.imag();
        });
        baseline::write_vtr(frame_name(prefix, n), grid, "wave", values);
    }
}

void report(const Options& options, const Grid& grid, const Field& field, double seconds) {
    const auto outside =
        std::count_if(field.begin(), field.end(), [](auto wave) { return !is_obstacle(wave); });
    const double interactions = std::max(1.0, static_cast<double>(outside) * options.nc);
    std::printf("time: %.3f s, %.4g ns per interaction (%zu x %zu points, %d segments)\n", seconds,
                1e9 * seconds / interactions, grid.x.size(), grid.y.size(), options.nc);
    if (options.checksum) {
        std::printf("checksum: %.10g\n", checksum(field));
    }
}

void run(const std::vector<std::string>& arguments) {
    const Options options = read_options(arguments);
    if (options.help) {
        return;
    }
    const Contour contour = baseline::make_contour(options.xc, options.yc, options.nc);
    check_options(options, contour);
    const Grid grid = baseline::make_grid(contour, options.wavelength, options.nx, options.ny);
    const double wavenumber = 2.0 * std::numbers::pi / options.wavelength;

    const Clock::time_point start = Clock::now();
    Field field = scattered_field(contour, grid, wavenumber);
    report(options, grid, field, std::chrono::duration<double>(Clock::now() - start).count());

    add_incident_wave(field, grid, wavenumber);
    if (!options.save.empty()) {
        save_period(options.save, grid, field);
        std::printf("saved: %s to %s\n", frame_name(options.save, 0).c_str(),
                    frame_name(options.save, frames - 1).c_str());
    }
    if (!options.png.empty()) {
        const auto at = [&](std::size_t i, std::size_t j) { return field[j * grid.x.size() + i]; };
        baseline::write_picture(
            options.png, grid,
            [&](std::size_t i, std::size_t j) { return static_cast<double>(at(i, j).real()); },
            [&](std::size_t i, std::size_t j) { return is_obstacle(at(i, j)); });
        std::printf("picture: %s\n", options.png.c_str());
    }
}

}  // namespace

int main(int argc, char** argv) {
    return baseline::run_program("scatter", argc, argv, run);
}
