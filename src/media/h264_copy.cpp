#include "media/h264_copy.h"

#include <algorithm>
#include <cstdint>

namespace sluice::media {
namespace {

enum NalType {
  kSlice = 1,
  kIdrSlice = 5,
  kSei = 6,
  kSps = 7,
  kPps = 8,
  kDelimiter = 9,
  kFiller = 12,
};

void append_length(std::string& out, std::size_t length, int bytes) {
  for (int i = bytes - 1; i >= 0; --i) out.push_back(static_cast<char>(length >> (8 * i) & 255u));
}

void append_sets(std::string& out, const std::vector<std::string>& sets) {
  for (const auto& set : sets) {
    append_length(out, set.size(), 2);
    out.append(set);
  }
}

// The unit at the front of `packet`, which is cut off; nothing when the packet is damaged.
std::optional<std::string_view> next_unit(std::string_view& packet, std::size_t length_size) {
  if (packet.size() < length_size) return std::nullopt;
  std::size_t length = 0;
  for (std::size_t i = 0; i < length_size; ++i) {
    length = length << 8 | static_cast<unsigned char>(packet[i]);
  }
  packet.remove_prefix(length_size);
  if (length == 0 || length > packet.size()) return std::nullopt;
  const auto unit = packet.substr(0, length);
  packet.remove_prefix(length);
  return unit;
}

bool is_one_of(const std::vector<std::string>& sets, std::string_view unit) {
  return std::find(sets.begin(), sets.end(), unit) != sets.end();
}

}  // namespace

std::string write_avc_config(const AvcConfig& config, const SequenceParameters& sps) {
  std::string record;
  record.push_back(1);
  record.append(config.sps.front().substr(1, 3));  // profile, constraints, level
  record.push_back(static_cast<char>(0xFF));       // lengths of four bytes
  record.push_back(static_cast<char>(0xE0u | config.sps.size()));
  append_sets(record, config.sps);
  record.push_back(static_cast<char>(config.pps.size()));
  append_sets(record, config.pps);
  if (sps.profile == 100 || sps.profile == 110 || sps.profile == 122 || sps.profile == 144) {
    record.push_back(static_cast<char>(0xFC | sps.chroma_format));
    record.push_back(static_cast<char>(0xF8 | (sps.luma_bits - 8)));
    record.push_back(static_cast<char>(0xF8 | (sps.chroma_bits - 8)));
    record.push_back(0);
  }
  return record;
}

std::optional<CopiedPicture> copy_picture(std::string_view packet, const AvcConfig& config) {
  CopiedPicture picture;
  picture.data.reserve(packet.size() + 16);
  bool has_idr = false;
  bool has_other = false;
  while (!packet.empty()) {
    const auto unit = next_unit(packet, config.length_size);
    if (!unit) return std::nullopt;
    switch (static_cast<unsigned char>(unit->front()) & 31) {
      case kSlice: has_other = true; break;
      case kIdrSlice: has_idr = true; break;
      case kSei: break;
      case kSps:
        if (!is_one_of(config.sps, *unit)) return std::nullopt;
        continue;
      case kPps:
        if (!is_one_of(config.pps, *unit)) return std::nullopt;
        continue;
      case kDelimiter:
      case kFiller: continue;
      default: return std::nullopt;
    }
    append_length(picture.data, unit->size(), 4);
    picture.data.append(*unit);
  }
  if (has_idr == has_other) return std::nullopt;
  picture.idr = has_idr;
  return picture;
}

}  // namespace sluice::media
