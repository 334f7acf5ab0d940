"""A picture of a field: blue where it is negative, red where positive, the obstacle in grey, y upward."""
from typing import Tuple

import numpy

from output_file import output_file

# From -2 to 2: an incident wave of amplitude 1 and its full reflection. Five colours, blended linearly.
LARGEST = 2.0
COLOURS = numpy.array([(5, 48, 97), (67, 147, 195), (247, 247, 247), (214, 96, 77), (103, 0, 31)], float)
GREY = (128, 128, 128)
SMALLEST_SIDE, LARGEST_SIDE = 600, 4096


def picture_size(x: numpy.ndarray, y: numpy.ndarray) -> Tuple[int, int]:
    """Width and height in pixels: one for each grid point, within limits; the same scale along x and y."""
    side = min(max(len(x), len(y), SMALLEST_SIDE), LARGEST_SIDE)
    x_length, y_length = x[-1] - x[0], y[-1] - y[0]
    longest = max(x_length, y_length)
    return max(1, int(side * x_length / longest + 0.5)), max(1, int(side * y_length / longest + 0.5))


def nearest_points(points: int, pixels: int) -> numpy.ndarray:
    """For each pixel along a side the grid point that is nearest to it."""
    return (numpy.arange(pixels) * (points - 1) + (pixels - 1) // 2) // max(pixels - 1, 1)


def colours(values: numpy.ndarray) -> numpy.ndarray:
    """Red, green and blue, 0 to 255, of each value."""
    place = (numpy.clip(values.astype(float) / LARGEST, -1.0, 1.0) + 1.0) * 0.5 * (len(COLOURS) - 1)
    lower = numpy.minimum(place.astype(int), len(COLOURS) - 2)
    part = (place - lower)[..., numpy.newaxis]
    return ((1.0 - part) * COLOURS[lower] + part * COLOURS[lower + 1] + 0.5).astype(numpy.uint8)


def write_picture(path: str, x: numpy.ndarray, y: numpy.ndarray, values: numpy.ndarray,
                  obstacle: numpy.ndarray) -> None:
    """Write values[j, i] as a PNG file; grey where obstacle[j, i]."""
    from matplotlib.image import imsave  # takes a while to import, and most runs need no picture

    width, height = picture_size(x, y)
    columns = nearest_points(len(x), width)
    rows = nearest_points(len(y), height)[::-1]  # the first row of a picture is its top
    pixels = colours(values[numpy.ix_(rows, columns)])
    pixels[obstacle[numpy.ix_(rows, columns)]] = GREY
    with output_file(path) as file:
        imsave(file, pixels, format="png")
