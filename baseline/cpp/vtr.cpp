// A field on a rectangular grid as a VTK file: XML that describes the arrays, then the arrays' bytes.
#include "vtr.hpp"

#include <bit>
#include <cstdint>
#include <vector>

#include "command_line.hpp"
#include "output_file.hpp"

namespace baseline {
namespace {

using Block = std::span<const std::byte>;

/// The XML up to the data. An offset counts from the underscore; each block has its size, 8 bytes, before it.
std::string header(const Grid& grid, const std::string& name, const std::vector<Block>& blocks) {
    std::vector<std::size_t> offsets = {0};
    for (const Block& block : blocks) {
        offsets.push_back(offsets.back() + sizeof(std::uint64_t) + block.size());
    }
    const std::string extent = sentence("0 ", grid.x.size() - 1, " 0 ", grid.y.size() - 1, " 0 0");
    const std::string order = std::endian::native == std::endian::little ? "LittleEndian" : "BigEndian";
    std::string xml;
    const auto line = [&xml](const auto&... parts) { xml += sentence(parts..., '\n'); };
    const auto array = [&line](const char* type, const std::string& of, std::size_t offset) {
        line(R"(        <DataArray type=")", type, R"(" Name=")", of, R"(" format="appended" offset=")",
             offset, R"("/>)");
    };
    line(R"(<?xml version="1.0"?>)");
    line(R"(<VTKFile type="RectilinearGrid" version="1.0" byte_order=")", order,
         R"(" header_type="UInt64">)");
    line(R"(  <RectilinearGrid WholeExtent=")", extent, R"(">)");
    line(R"(    <Piece Extent=")", extent, R"(">)");
    line(R"(      <PointData Scalars=")", name, R"(">)");
    array("Float32", name, offsets[0]);
    line("      </PointData>");
    line("      <Coordinates>");
    array("Float64", "x", offsets[1]);
    array("Float64", "y", offsets[2]);
    array("Float64", "z", offsets[3]);
    line("      </Coordinates>");
    line("    </Piece>");
    line("  </RectilinearGrid>");
    line(R"(  <AppendedData encoding="raw">)");
    return xml + "_";
}

}  // namespace

void write_vtr(const std::string& path, const Grid& grid, const std::string& name,
               std::span<const float> values) {
    const std::vector<double> z = {0.0};
    const std::vector<Block> blocks = {std::as_bytes(values), std::as_bytes(std::span(grid.x)),
                                       std::as_bytes(std::span(grid.y)), std::as_bytes(std::span(z))};
    OutputFile file(path);
    const std::string before = header(grid, name, blocks);
    file.write(before.data(), before.size());
    for (const Block& block : blocks) {
        const std::uint64_t size = block.size();
        file.write(&size, sizeof size);
        file.write(block.data(), block.size());
    }
    const std::string after = "\n  </AppendedData>\n</VTKFile>\n";
    file.write(after.data(), after.size());
    file.commit();
}

}  // namespace baseline
