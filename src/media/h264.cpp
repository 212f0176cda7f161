#include "media/h264.h"

#include <fmt/format.h>

namespace sluice::media {
namespace {

enum NalType { kSei = 6, kSps = 7, kPps = 8, kDelimiter = 9, kSpsExtension = 13 };

int nal_type(std::string_view nal) { return static_cast<unsigned char>(nal.front()) & 31; }

// The UUID in front of x264's user data (common/set.c of x264 writes it).
constexpr std::string_view kX264Uuid = "\xDC\x45\xE9\xBD\xE6\xD9\x48\xB7\x96\x2C\xD8\x20\xD9\x23\xEE\xEF";

bool is_x264_settings(std::string_view nal) {
  return nal_type(nal) == kSei && nal.substr(0, 64).find(kX264Uuid) != std::string_view::npos;
}

void append_u16(std::string& out, std::size_t value) {
  out.push_back(static_cast<char>(value >> 8 & 255u));
  out.push_back(static_cast<char>(value & 255u));
}

}  // namespace

std::vector<std::string_view> split_annex_b(std::string_view stream) {
  constexpr std::string_view kStartCode("\0\0\1", 3);
  std::vector<std::string_view> nals;
  std::size_t start = stream.find(kStartCode);
  while (start != std::string_view::npos) {
    start += kStartCode.size();
    const std::size_t next = stream.find(kStartCode, start);
    auto nal = stream.substr(start, next == std::string_view::npos ? next : next - start);
    // Zeros in front of a start code belong to it, not to the unit.
    while (!nal.empty() && nal.back() == '\0') nal.remove_suffix(1);
    if (!nal.empty()) nals.push_back(nal);
    start = next;
  }
  return nals;
}

std::string make_avc_config(std::string_view parameter_sets) {
  std::string_view sps, pps;
  for (const auto nal : split_annex_b(parameter_sets)) {
    if (nal_type(nal) == kSps && sps.empty()) sps = nal;
    if (nal_type(nal) == kPps && pps.empty()) pps = nal;
  }
  if (sps.size() < 4 || pps.empty()) return {};
  std::string config;
  config.push_back(1);
  config.append(sps.substr(1, 3));  // profile, constraints, level
  config.push_back(static_cast<char>(0xFF));  // lengths of four bytes
  config.push_back(static_cast<char>(0xE1));  // one SPS
  append_u16(config, sps.size());
  config.append(sps);
  config.push_back(1);
  append_u16(config, pps.size());
  config.append(pps);
  const auto profile = static_cast<unsigned char>(sps[1]);
  if (profile == 100 || profile == 110 || profile == 122 || profile == 144) {
    config.append("\xFD\xF8\xF8", 3);  // 4:2:0, 8 bits, 8 bits
    config.push_back(0);
  }
  return config;
}

std::string avc_codecs(std::string_view avc_config) {
  return fmt::format("avc1.{:02x}{:02x}{:02x}", static_cast<unsigned char>(avc_config[1]),
                     static_cast<unsigned char>(avc_config[2]),
                     static_cast<unsigned char>(avc_config[3]));
}

std::string to_length_prefixed(std::string_view annex_b) {
  std::string out;
  out.reserve(annex_b.size() + 16);
  for (const auto nal : split_annex_b(annex_b)) {
    const int type = nal_type(nal);
    if (type == kSps || type == kPps || type == kDelimiter || type == kSpsExtension) continue;
    if (is_x264_settings(nal)) continue;
    append_u16(out, nal.size() >> 16);
    append_u16(out, nal.size() & 0xFFFFu);
    out.append(nal);
  }
  return out;
}

}  // namespace sluice::media
