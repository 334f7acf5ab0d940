"""A field on a rectangular grid as a VTK file (RectilinearGrid in XML, raw appended data), for ParaView."""
import sys
from typing import BinaryIO, List

import numpy

from output_file import output_file


def write_vtr(path: str, x: numpy.ndarray, y: numpy.ndarray, name: str, values: numpy.ndarray) -> None:
    """Write values[j, i], which belong to the points (x[i], y[j]), as the point data `name`."""
    blocks = [values.astype(numpy.float32), x.astype(numpy.float64), y.astype(numpy.float64), numpy.zeros(1)]
    with output_file(path) as file:
        file.write(header(len(x), len(y), name, blocks).encode("ascii"))
        for block in blocks:
            write_block(file, block)
        file.write(b"\n  </AppendedData>\n</VTKFile>\n")


def header(nx: int, ny: int, name: str, blocks: List[numpy.ndarray]) -> str:
    """The XML up to the data. An offset counts from the underscore; each block has its size before it."""
    offsets = [0]
    for block in blocks[:-1]:
        offsets.append(offsets[-1] + 8 + block.nbytes)
    extent = f"0 {nx - 1} 0 {ny - 1} 0 0"
    order = "LittleEndian" if sys.byteorder == "little" else "BigEndian"
    coordinates = "".join(
        f'        <DataArray type="Float64" Name="{axis}" format="appended" offset="{offset}"/>\n'
        for axis, offset in zip("xyz", offsets[1:]))
    return (f'<?xml version="1.0"?>\n'
            f'<VTKFile type="RectilinearGrid" version="1.0" byte_order="{order}" header_type="UInt64">\n'
            f'  <RectilinearGrid WholeExtent="{extent}">\n'
            f'    <Piece Extent="{extent}">\n'
            f'      <PointData Scalars="{name}">\n'
            f'        <DataArray type="Float32" Name="{name}" format="appended" offset="{offsets[0]}"/>\n'
            f'      </PointData>\n'
            f'      <Coordinates>\n'
            f'{coordinates}'
            f'      </Coordinates>\n'
            f'    </Piece>\n'
            f'  </RectilinearGrid>\n'
            f'  <AppendedData encoding="raw">\n'
            f'_')


def write_block(file: BinaryIO, block: numpy.ndarray) -> None:
    """One array: its size in bytes, then the bytes."""
    file.write(numpy.uint64(block.nbytes).tobytes())
    file.write(numpy.ascontiguousarray(block).tobytes())
