#include "media/boxes.h"

namespace sluice::media {

BoxWriter::Box::Box(BoxWriter& writer, std::string_view type)
    : writer_(writer), start_(writer.size()) {
  writer_.u32(0);
  writer_.bytes(type);
}

BoxWriter::Box::Box(BoxWriter& writer, std::string_view type, std::uint8_t version,
                    std::uint32_t flags)
    : Box(writer, type) {
  writer_.u8(version);
  writer_.u24(flags);
}

BoxWriter::Box::~Box() {
  writer_.patch_u32(start_, static_cast<std::uint32_t>(writer_.size() - start_));
}

void BoxWriter::matrix() {
  for (const std::uint32_t entry : {0x10000u, 0u, 0u, 0u, 0x10000u, 0u, 0u, 0u, 0x40000000u}) {
    u32(entry);
  }
}

void BoxWriter::patch_u32(std::size_t at, std::uint32_t value) {
  for (int i = 0; i < 4; ++i) {
    out_[at + static_cast<std::size_t>(i)] = static_cast<char>(value >> (24 - 8 * i) & 255u);
  }
}

void BoxWriter::number(std::uint64_t value, int bytes) {
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) {
    out_.push_back(static_cast<char>(value >> shift & 255u));
  }
}

}  // namespace sluice::media
