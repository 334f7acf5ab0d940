// The smells in words, and which of them fits.
#include "smell.hpp"

#include <algorithm>
#include <stdexcept>

namespace grading {
namespace {

struct Words {
    const char* name;
    const char* sentence;
};

Words words_on(Smell smell) {
    switch (smell) {
        case Smell::race:
            return {"race",
                    "Two runs on one input gave different answers: it smells of memory that nobody wrote or "
                    "that lies behind an array's end, of something kept from an earlier call, or of a race "
                    "between threads."};
        case Smell::kept:
            return {"kept",
                    "A fresh process gives the right answer to the same input: it smells of something kept "
                    "from an earlier call - a static or global variable, or a table whose key leaves out "
                    "what has changed since, such as what lies in an array at the same address."};
        case Smell::unwritten:
            return {"unwritten",
                    "The output was never written there, or something was added to it before: it begins with "
                    "any values. Look for a way past the assignment - a point inside that is skipped, the "
                    "last row, what is left when the vector's width does not divide the length - and for += "
                    "where nothing was set."};
        case Smell::beyond:
            return {"beyond",
                    "It has computed with what lies behind an array's end: look at the last index that each "
                    "loop reads, first where arrays are empty or the vector's width does not divide the "
                    "length."};
        case Smell::not_a_number:
            return {
                "not_a_number",
                "Every wrong answer is NaN or infinite: it smells of a division by 0, such as a distance "
                "between two things that lie in one place, of the root of a negative number, of a number "
                "beyond what its type holds (a float ends at 3.4e38), or of a value that nobody has set or "
                "that lies behind an array's end."};
        case Smell::rounding:
            return {"rounding",
                    "The first digits are right: it smells of rounding - single precision on the way, an "
                    "approximation of too few terms or nodes, or additions that lose more digits than they "
                    "may."};
        case Smell::integers:
            return {"integers",
                    "Every wrong answer is a whole number: it smells of an int on the way - a variable of "
                    "that type, std::accumulate that begins with 0 and not with 0.0, or, with ctypes, a "
                    "function whose restype is not set."};
        case Smell::conjugate:
            return {"conjugate",
                    "Every wrong value is the right one's complex conjugate: it smells of a sign in an "
                    "exponent, or of J - iY in place of J + iY."};
        case Smell::opposite:
            return {"opposite",
                    "Every wrong value has the opposite sign: it smells of the direction of the normals, or "
                    "of a lost minus."};
        case Smell::multiple:
            return {
                "multiple",
                "Every wrong answer is the right one times or divided by 2 or 4, or times i: it smells of "
                "a factor that was lost or taken twice, such as the i/4 in front of the Hankel functions, "
                "or of what was added twice."};
        case Smell::factor:
            return {"factor",
                    "Every wrong value is the right one times one and the same number: it smells of a factor "
                    "that was lost or taken twice. Divide the two that are shown, and see what you know by "
                    "that number: the wavenumber, π, a root of one of them?"};
        case Smell::whole_wave:
            return {"whole_wave",
                    "Every wrong value is the right one and the incident wave together: the scattered wave "
                    "alone is asked for."};
        case Smell::mask:
            return {"mask",
                    "Every wrong answer is neither 0 nor 1: a mask has 1 for a point inside, 0 for one "
                    "outside, and nothing else for true."};
        case Smell::hair:
            return {"hair",
                    "All wrong points lie next to the contour, at a millionth of its size: it smells of "
                    "coordinates that have lost digits - single precision on the way, or a crossing that is "
                    "rounded to something."};
        case Smell::corners:
            return {"corners",
                    "All wrong points are level with a corner of the contour: it smells of how a row that "
                    "goes through a corner is counted. The corner belongs to one of its two segments."};
        case Smell::dents:
            return {"dents",
                    "Only points in contours that are not convex are on the wrong side: it smells of a test "
                    "that holds for convex ones only, such as the signs of all cross products, or the first "
                    "and the last crossing of a row."};
        case Smell::inside:
            return {"inside",
                    "All wrong points lie inside of the obstacle: it smells of the test for that, or, in a "
                    "field, of a 0 that is not written over what was computed there."};
        case Smell::outside:
            return {"outside",
                    "All wrong points lie outside of the obstacle and are treated as if inside: it smells of "
                    "the test for that; or, where a field begins with zeros, of what is left out: points, "
                    "such as a last block or row, or a part of the sum."};
        case Smell::spacing:
            return {
                "spacing",
                "Only grids whose lines are not all equally far apart are wrong: it smells of lines that are "
                "computed, as in x[0] + i * dx, where x and y say where they lie. Or, as these grids lie "
                "next to the contour, of a form that does not hold there, or of a distance that has lost "
                "its digits."};
        case Smell::sides:
            return {"sides",
                    "All wrong points are on the wrong side of the contour: some inside have a wave, and "
                    "some outside have none. It smells of the test for inside, such as a crossing or a "
                    "corner that is counted twice or not at all."};
        case Smell::near:
            return {"near",
                    "All wrong points lie within two wavelengths of the contour: it smells of what holds far "
                    "away only and is taken too near - the far form, an interpolation, sources that stand "
                    "for many - or of a distance that has lost its digits."};
        case Smell::edges:
            return {"edges",
                    "Only edges are wrong: it smells of a loop's end - what is left when the vector's width "
                    "does not divide the length, or the first and last row."};
        case Smell::flushed:
            return {
                "flushed",
                "Every wrong answer is 0 where a subnormal number belongs, one below 2.2e-308: it smells of "
                "tiny numbers that are taken for 0 - by the processor, which was told to "
                "(_MM_SET_FLUSH_ZERO_MODE), or by a comparison with something small."};
        case Smell::first:
            return {"first",
                    "Every wrong sum has its array's first element once too little or once too often: look "
                    "at where the loop begins, and at what the total begins with."};
        case Smell::last:
            return {"last",
                    "Every wrong sum has its array's last element once too little or once too often: look "
                    "at where the loop ends, and at what comes after it."};
        case Smell::exchanged:
            return {
                "exchanged",
                "Every wrong answer is right for another point, the one with rows and columns exchanged: "
                "the points of a row, which have one y, follow one another, and there are as many of them "
                "as x has numbers."};
        case Smell::mirrored:
            return {"mirrored",
                    "Every wrong answer is right for another point, the one as far from the other end of the "
                    "row or of the column: x and y are in ascending order, and so are the points, the lowest "
                    "row first."};
        case Smell::shifted:
            return {"shifted",
                    "Every wrong answer but those at an edge is right for the point beside: it smells of an "
                    "index that is one too large or too small."};
        case Smell::real:
            return {
                "real",
                "Every wrong value is a real number: it smells of an array of doubles, of a real part or of "
                "a magnitude where a complex number belongs."};
        case Smell::zeros:
            return {
                "zeros",
                "Every wrong answer is 0: it smells of numbers that were cut to whole ones on their way, of "
                "a result that nothing is added to, of the answer to an earlier, empty input, or, with "
                "ctypes, of a function whose restype is not set."};
        case Smell::different:
            return {"different",
                    "Take the smallest case that fails and work it out by hand beside your code."};
    }
    throw std::logic_error("a smell without words");
}

/// What wrong answers have in common says of the reason; the more particular first.
Smell smell_of(const Traits& traits) {
    const bool wrong_side = traits.have(Trait::is_inside) || traits.have(Trait::taken_for_inside) ||
                            traits.have(Trait::on_the_wrong_side);
    if (traits.have(Trait::whole_number) && !traits.have(Trait::zero)) return Smell::integers;
    if (traits.have(Trait::not_finite)) return Smell::not_a_number;
    if (traits.have(Trait::conjugate)) return Smell::conjugate;
    if (traits.have(Trait::opposite)) return Smell::opposite;
    if (traits.have(Trait::a_multiple)) return Smell::multiple;
    if (traits.have(Trait::scaled) && !traits.have(Trait::of_few_points)) return Smell::factor;
    if (traits.have(Trait::incident_wave_added)) return Smell::whole_wave;
    if (traits.have(Trait::neither_0_nor_1)) return Smell::mask;
    if (traits.have(Trait::next_to_the_contour)) return Smell::hair;
    // A wrong count at corners would be seen in other rows, too.
    if (traits.have(Trait::level_with_a_corner) && traits.have(Trait::at_an_edge)) return Smell::edges;
    if (traits.have(Trait::level_with_a_corner)) return Smell::corners;
    if (traits.have(Trait::contour_has_dents) && wrong_side) return Smell::dents;
    if (traits.have(Trait::is_inside)) return Smell::inside;
    if (traits.have(Trait::taken_for_inside)) return Smell::outside;
    if (traits.have(Trait::another_points)) return Smell::exchanged;
    if (traits.have(Trait::mirrored_points)) return Smell::mirrored;
    if (traits.have(Trait::next_points) && !traits.have(Trait::at_an_edge)) return Smell::shifted;
    if (traits.have(Trait::real)) return Smell::real;
    if (traits.have(Trait::on_an_uneven_grid)) return Smell::spacing;
    if (traits.have(Trait::on_the_wrong_side)) return Smell::sides;
    if (traits.have(Trait::near_the_contour)) return Smell::near;
    if (traits.have(Trait::flushed)) return Smell::flushed;
    if (traits.have(Trait::at_an_edge)) return Smell::edges;
    if (traits.have(Trait::off_by_the_first)) return Smell::first;
    if (traits.have(Trait::off_by_the_last)) return Smell::last;
    if (traits.have(Trait::zero)) return Smell::zeros;
    return Smell::different;
}

}  // namespace

std::string to_string(Smell smell) {
    return words_on(smell).name;
}

std::string explain(Smell smell) {
    return words_on(smell).sentence;
}

Smell smell_of(const Mismatch& mismatch, bool same_again) {
    // What single precision or a short approximation costs; leaving out one of 100,000 elements costs more.
    constexpr double like_rounding = 1e-6;
    // Where no more than six digits are asked for, an approximation that is too short has fewer.
    constexpr double a_few_tolerances = 10;
    const Smell in_common = smell_of(mismatch.traits);
    if (in_common == Smell::integers) return in_common;  // what a wrong type makes may be another each time
    if (!same_again) return Smell::race;
    if (mismatch.got.find(never_written) != std::string::npos) return Smell::unwritten;
    if (mismatch.got.find(read_behind_the_end) != std::string::npos) return Smell::beyond;
    if (mismatch.error <= std::max(like_rounding * mismatch.scale, a_few_tolerances * mismatch.tolerance))
        return Smell::rounding;
    return in_common;
}

}  // namespace grading
