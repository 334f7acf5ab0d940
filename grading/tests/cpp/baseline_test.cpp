// The baseline's C++ parts: the two kernels, and what the program around them is made of.
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <cmath>
#include <complex>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <numbers>
#include <string>
#include <vector>

#include "command_line.hpp"
#include "contour.hpp"
#include "expression.hpp"
#include "grid.hpp"
#include "output_file.hpp"
#include "picture.hpp"
#include "scatter.hpp"
#include "sum.hpp"
#include "vtr.hpp"

namespace {

using baseline::Contour;
using baseline::Grid;
using baseline::OutputFile;
using baseline::UsageError;
using Complex = std::complex<double>;

const std::string default_xc = "cos(2*pi*t + 0.5*sin(2*pi*t + 0.9))";
const std::string default_yc = "sin(2*pi*t)";
const std::string star_xc = "(1 + 0.5*cos(10*pi*t))*cos(2*pi*t)";
const std::string star_yc = "(1 + 0.5*cos(10*pi*t))*sin(2*pi*t)";
const double wavenumber = 4.0 * std::numbers::pi;

/// The scattered wave at single points, each computed as a grid of one point.
Complex wave_at(const Contour& contour, double x, double y) {
    Complex wave(-1.0, -1.0);
    scatter({contour.x, contour.y, {&x, 1}, {&y, 1}, wavenumber, 0.0}, {&wave, 1});
    return wave;
}

/// A square around the origin, anticlockwise.
Contour square() {
    return {{1.0, 1.0, -1.0, -1.0, 1.0}, {-1.0, 1.0, 1.0, -1.0, -1.0}};
}

/// The sentence with which a contour is refused; empty if it is accepted.
std::string refusal(const Contour& contour) {
    try {
        baseline::checked(contour);
        return "";
    } catch (const UsageError& error) {
        return error.what();
    }
}

std::string content(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

/// A test with an empty folder of its own.
class Files : public testing::Test {
  protected:
    void SetUp() override {
        folder = std::filesystem::path(testing::TempDir()) / ("baseline_test_" + std::to_string(getpid()));
        std::filesystem::create_directories(folder);
    }
    void TearDown() override { std::filesystem::remove_all(folder); }

    std::string path(const std::string& name) const { return (folder / name).string(); }
    std::size_t files() const {
        using Iterator = std::filesystem::directory_iterator;
        return static_cast<std::size_t>(std::distance(Iterator(folder), Iterator()));
    }

    std::filesystem::path folder;
};

TEST(Sum, OfNothingIsZero) {
    EXPECT_EQ(sum({}), 0.0);
}

TEST(Sum, AddsAllValues) {
    const std::vector<double> values = {1.0, 2.5, -4.0, 1e-3};
    EXPECT_NEAR(sum(values), -0.499, 1e-15);
}

TEST(Scatter, AgreesWithTheOriginalProgram) {
    struct Sample {
        std::size_t row;
        std::size_t column;
        Complex wave;
    };
    // From the original program's field at nx = ny = 64, nc = 128.
    const std::vector<Sample> samples = {
        {3, 19, {-0.32538775938262987, -0.04978027579309899}},
        {12, 33, {0.17516951451029628, -0.4116443601164124}},
        {22, 64, {-0.6436128130025269, 0.21161338121042472}},
        {24, 16, {0.6136552968551858, 0.0012215223574157433}},
        {31, 35, {0.0, 0.0}},
        {32, 53, {-0.8941512364473032, 0.3988836362979309}},
        {46, 24, {-0.584664087891783, -0.2756565728697107}},
        {62, 57, {-0.000249103371017881, 0.0030500703304109783}},
    };
    const Contour contour = baseline::make_contour(default_xc, default_yc, 128);
    const Grid grid = baseline::make_grid(contour, 0.5, 64, 64);
    for (const Sample& sample : samples) {
        const Complex wave = wave_at(contour, grid.x[sample.column], grid.y[sample.row]);
        EXPECT_LT(std::abs(wave - sample.wave), 1e-13) << sample.row << ", " << sample.column;
    }
}

TEST(Scatter, PutsTheRowsOneAfterTheOther) {
    const Contour contour = square();
    const std::vector<double> x = {-3.0, 0.0, 2.0};
    const std::vector<double> y = {0.5, 1.75};
    std::vector<Complex> field(6);
    scatter({contour.x, contour.y, x, y, wavenumber, 0.0}, field);
    for (std::size_t j = 0; j < 2; ++j) {
        for (std::size_t i = 0; i < 3; ++i) {
            EXPECT_EQ(field[j * 3 + i], wave_at(contour, x[i], y[j])) << i << ", " << j;
        }
    }
    EXPECT_EQ(field[1], 0.0);
    EXPECT_NE(field[4], 0.0);
}

TEST(Scatter, WritesNothingForAnEmptyGrid) {
    const Contour contour = square();
    const std::vector<double> line = {0.0, 1.0};
    std::vector<Complex> field = {7.0};
    scatter({contour.x, contour.y, {}, line, wavenumber, 0.0}, std::span(field).first(0));
    scatter({contour.x, contour.y, line, {}, wavenumber, 0.0}, std::span(field).first(0));
    EXPECT_EQ(field.front(), 7.0);
}

TEST(Scatter, IsZeroWithoutAContour) {
    EXPECT_EQ(wave_at({}, 1.0, 2.0), 0.0);
}

TEST(Scatter, HasNoFieldInsideTheLobesOfAStarAndOneBetweenThem) {
    const Contour star = baseline::make_contour(star_xc, star_yc, 200);
    for (int lobe = 0; lobe < 5; ++lobe) {
        const double within = 2.0 * std::numbers::pi * lobe / 5.0;
        const double between = within + std::numbers::pi / 5.0;
        EXPECT_EQ(wave_at(star, 0.8 * std::cos(within), 0.8 * std::sin(within)), 0.0) << lobe;
        EXPECT_NE(wave_at(star, 0.8 * std::cos(between), 0.8 * std::sin(between)), 0.0) << lobe;
    }
}

TEST(Scatter, CountsTheMiddleOfASegmentAsInside) {
    const Contour contour = square();
    EXPECT_EQ(wave_at(contour, 1.0, 0.0), 0.0);
    EXPECT_EQ(wave_at(contour, -1.0, 0.0), 0.0);
    EXPECT_EQ(wave_at(contour, 0.0, 1.0), 0.0);
    EXPECT_EQ(wave_at(contour, 0.0, -1.0), 0.0);
}

TEST(Scatter, IsFiniteAtTheCornersOfTheContour) {
    const Contour contour = square();
    for (std::size_t s = 0; s < 4; ++s) {
        const Complex wave = wave_at(contour, contour.x[s], contour.y[s]);
        EXPECT_TRUE(std::isfinite(wave.real()) && std::isfinite(wave.imag())) << s;
    }
}

TEST(Scatter, TurnsWithTheWave) {
    // The square looks the same after a quarter turn, so the wave from below is the wave from the left,
    // turned.
    const Contour contour = square();
    const double x = -2.5;
    const double y = 0.75;
    const double turned_x = -y;
    const double turned_y = x;
    Complex turned;
    scatter({contour.x, contour.y, {&turned_x, 1}, {&turned_y, 1}, 0.0, wavenumber}, {&turned, 1});
    EXPECT_LT(std::abs(turned - wave_at(contour, x, y)), 1e-13);
}

TEST(ContourCheck, AcceptsConvexAndOtherSimplePolygons) {
    EXPECT_EQ(refusal(square()), "");
    EXPECT_NO_THROW(baseline::make_contour(default_xc, default_yc, 3));
    EXPECT_NO_THROW(baseline::make_contour(default_xc, default_yc, 20'000));
    EXPECT_NO_THROW(baseline::make_contour(star_xc, star_yc, 1'000));
    // A comb, whose teeth overlap in x and in y without touching.
    EXPECT_EQ(refusal({{0, 5, 5, 4, 4, 3, 3, 2, 2, 1, 1, 0, 0}, {0, 0, 9, 9, 1, 1, 9, 9, 1, 1, 9, 9, 0}}),
              "");
}

TEST(ContourCheck, MakesTheLastPointTheFirst) {
    const Contour contour = baseline::make_contour(default_xc, default_yc, 128);
    EXPECT_EQ(contour.x.front(), contour.x.back());
    EXPECT_EQ(contour.y.front(), contour.y.back());
}

TEST(ContourCheck, FindsEachKindOfDefect) {
    const double nan = std::nan("");
    const auto expect = [](const Contour& contour, const std::string& complaint) {
        EXPECT_NE(refusal(contour).find(complaint), std::string::npos) << refusal(contour);
    };
    expect({{0, 1, nan, 0}, {0, 0, 1, 0}}, "not finite at t = 0.666667");
    expect({{0, 1, 1, 0}, {0, nan, 1, 0}}, "not finite at t = 0.333333");
    expect({{0, 1e-120, 0, 0}, {0, 0, 1e-120, 0}}, "largest coordinate is 1e-120");
    expect({{0, 1, 0, 1e-6}, {0, 0, 1, 0}}, "not closed");
    expect({{0, 0, 1, 1, 0}, {0, 1, 1, 0, 0}}, "clockwise");
    expect({{0, 1, 1, 1, 0, 0}, {0, 0, 0, 1, 1, 0}}, "without length: the points at t = 0.2 and t = 0.4");
    expect({{0, 1, 0, 1, 0}, {0, 1, 1, 0, 0}}, "itself: the segments at t = 0 and t = 0.5");  // a bow tie
    expect({{1, 1, 0, 2, 1}, {0, 2, 1, 1, 0}}, "itself: the segments at t = 0 and t = 0.5");  // the other way
    expect({{0, 2, 2, 1, 0, 0}, {0, 0, 2, 0, 2, 0}}, "crosses or touches");        // a corner on another side
    expect({{0, 2, 1, 2, 2, 0, 0}, {0, 0, 0, 0, 1, 1, 0}}, "crosses or touches");  // there and back
    expect({{0, 3, 3, 1, 2, 0, 0}, {0, 0, 1, 1, 1, 1, 0}}, "crosses or touches");  // back and forth
    expect({{0, 1, 2, 0}, {0, 1, 2, 0}}, "no area");
}

TEST(Expression, IsEvaluatedAtEachT) {
    const std::vector<double> t = {0.0, 0.5, 2.0};
    const std::vector<double> values = baseline::evaluate("--xc", "-t^2 + 2**t**2", t);
    ASSERT_EQ(values.size(), 3U);
    EXPECT_DOUBLE_EQ(values[0], 1.0);
    EXPECT_DOUBLE_EQ(values[1], std::pow(2.0, 0.25) - 0.25);
    EXPECT_DOUBLE_EQ(values[2], 12.0);
}

TEST(Expression, KnowsNothingButItsOwnNames) {
    const std::vector<double> t = {0.0};
    for (const char* text : {"_e", "_pi", "rnd(t)", "sum(t)", "t=1", "t?1:2", "t&&1", "\"a\"", "", "é"}) {
        EXPECT_THROW(baseline::evaluate("--xc", text, t), UsageError) << text;
    }
}

TEST(MakeGrid, ReachesSomeWavelengthsBeyondTheObstacle) {
    const Grid grid = baseline::make_grid(square(), 0.5, 4, 7);
    ASSERT_EQ(grid.x.size(), 5U);
    ASSERT_EQ(grid.y.size(), 8U);
    EXPECT_EQ(grid.x.front(), -3.5);
    EXPECT_EQ(grid.x.back(), 2.5);
    EXPECT_EQ(grid.x[1], -2.0);
    EXPECT_EQ(grid.y.front(), -2.5);
    EXPECT_EQ(grid.y.back(), 3.0);
}

TEST(Numbers, AreTakenInPlainDigitsOnly) {
    EXPECT_EQ(baseline::whole_number("--nx", "128", 1, 1000), 128);
    for (const char* text :
         {"", "1e3", "-1", "+1", " 1", "1 ", "0", "1001", "99999999999999999999", "0x10"}) {
        EXPECT_THROW(baseline::whole_number("--nx", text, 1, 1000), UsageError) << text;
    }
    EXPECT_EQ(baseline::whole_number("--n", "0", 0, 1000), 0);
    EXPECT_THROW(baseline::whole_number("--n", "99999999999999999999", 0, 1000), UsageError);
    EXPECT_EQ(baseline::positive_number("--lambda", "2.5e-1"), 0.25);
    for (const char* text : {"", "0", "-1", "nan", "inf", "1e999", "1.5m", "1,5"}) {
        EXPECT_THROW(baseline::positive_number("--lambda", text), UsageError) << text;
    }
}

TEST_F(Files, AppearOnlyWhenTheyAreWhole) {
    {
        OutputFile file(path("a.vtr"));
        file.write("half", 4);
        EXPECT_FALSE(std::filesystem::exists(path("a.vtr")));
    }
    EXPECT_EQ(files(), 0U);
    OutputFile file(path("a.vtr"));
    file.write("whole", 5);
    file.commit();
    EXPECT_EQ(content(path("a.vtr")), "whole");
    EXPECT_EQ(files(), 1U);
}

TEST_F(Files, ThatCannotGetTheirNameAreTold) {
    OutputFile file(path("a.vtr"));
    std::filesystem::create_directory(path("a.vtr"));
    EXPECT_THROW(file.commit(), baseline::OutputError);
    EXPECT_EQ(files(), 1U);  // the folder
}

TEST_F(Files, ThatCannotBeWrittenAreToldBeforehand) {
    EXPECT_NO_THROW(baseline::check_writable(path("a.vtr")));
    EXPECT_EQ(files(), 0U);
    EXPECT_THROW(baseline::check_writable(path("no/such/folder/a.vtr")), UsageError);
    EXPECT_THROW(baseline::check_writable(folder.string()), UsageError);
    EXPECT_THROW(OutputFile(path("no/such/folder/a.vtr")), baseline::OutputError);
}

TEST_F(Files, OfVtkDescribeTheirData) {
    const Grid grid = {{0.0, 1.0, 2.0}, {5.0, 6.0}};
    const std::vector<float> values = {1.0F, 2.0F, 3.0F, 4.0F, 5.0F, 6.0F};
    baseline::write_vtr(path("a.vtr"), grid, "wave", values);
    const std::string text = content(path("a.vtr"));
    EXPECT_NE(text.find("WholeExtent=\"0 2 0 1 0 0\""), std::string::npos);
    EXPECT_NE(text.find("Name=\"wave\" format=\"appended\" offset=\"0\""), std::string::npos);
    EXPECT_NE(text.find("Name=\"x\" format=\"appended\" offset=\"32\""), std::string::npos);
    EXPECT_NE(text.find("Name=\"y\" format=\"appended\" offset=\"64\""), std::string::npos);
    EXPECT_NE(text.find("Name=\"z\" format=\"appended\" offset=\"88\""), std::string::npos);
    EXPECT_EQ(text.size() - text.find("\n_") - 2,
              104U + std::string("\n  </AppendedData>\n</VTKFile>\n").size());
}

TEST_F(Files, OfPicturesHaveARowOfPixelsAtLeast) {
    const Grid grid = {{0.0, 1.0}, {0.0, 1e-6}};
    const auto value_at = [](std::size_t, std::size_t) { return 0.0; };
    const auto is_obstacle = [](std::size_t, std::size_t) { return false; };
    EXPECT_NO_THROW(baseline::write_picture(path("a.png"), grid, value_at, is_obstacle));
    EXPECT_TRUE(content(path("a.png")).starts_with("\x89PNG"));
}

TEST(Colour, GoesFromBlueOverWhiteToRed) {
    using baseline::Colour;
    EXPECT_EQ(baseline::colour_of(-2.0), (Colour{5, 48, 97}));
    EXPECT_EQ(baseline::colour_of(-1e30), (Colour{5, 48, 97}));
    EXPECT_EQ(baseline::colour_of(0.0), (Colour{247, 247, 247}));
    EXPECT_EQ(baseline::colour_of(1.0), (Colour{214, 96, 77}));
    EXPECT_EQ(baseline::colour_of(99.0), (Colour{103, 0, 31}));
}

}  // namespace
