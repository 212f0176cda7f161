// For tests: an avcC with parameter sets as a test wants them, written bit by bit.
#pragma once

#include <cstddef>
#include <string>

#include "media/h264_parameters.h"

namespace sluice::media {

class BitWriter {
 public:
  void bits(unsigned value, int count) {
    for (int i = count - 1; i >= 0; --i) {
      if (used_ % 8 == 0) bytes_.push_back('\0');
      bytes_.back() = static_cast<char>(bytes_.back() | ((value >> i & 1u) << (7 - used_ % 8)));
      ++used_;
    }
  }
  // Exp-Golomb.
  void golomb(unsigned value) {
    int length = 0;
    while ((value + 1) >> (length + 1) != 0) ++length;
    bits(0, length);
    bits(value + 1, length + 1);
  }
  // With the stop bit, and the bytes that keep start codes from appearing.
  std::string unit() {
    bits(1, 1);
    std::string escaped;
    int zeros = 0;
    for (const char byte : bytes_) {
      if (zeros >= 2 && static_cast<unsigned char>(byte) <= 3) {
        escaped.push_back('\3');
        zeros = 0;
      }
      zeros = byte == 0 ? zeros + 1 : 0;
      escaped.push_back(byte);
    }
    return escaped;
  }

 private:
  std::string bytes_;
  int used_ = 0;
};

// Frames of 4:2:0 in 8 bits; what else `sps` says of its shape is left out.
inline std::string write_sps(const SequenceParameters& sps) {
  BitWriter out;
  out.bits(0x67, 8);
  out.bits(static_cast<unsigned>(sps.profile), 8);
  out.bits(static_cast<unsigned>(sps.constraints), 8);
  out.bits(static_cast<unsigned>(sps.level), 8);
  out.golomb(0);  // id
  if (sps.profile == 100) {
    for (const unsigned value : {1u, 0u, 0u}) out.golomb(value);  // 4:2:0, 8 bits, 8 bits
    out.bits(0, 2);
  }
  for (const unsigned value : {0u, 2u, 1u}) out.golomb(value);
  out.bits(0, 1);
  const auto across = static_cast<unsigned>(sps.width + 15) / 16;
  const auto down = static_cast<unsigned>(sps.height + 15) / 16;
  out.golomb(across - 1);
  out.golomb(down - 1);
  out.bits(0b11, 2);  // frames only
  out.bits(1, 1);
  out.golomb(0);
  out.golomb((across * 16 - static_cast<unsigned>(sps.width)) / 2);
  out.golomb(0);
  out.golomb((down * 16 - static_cast<unsigned>(sps.height)) / 2);
  out.bits(1, 1);      // usability information
  out.bits(0b001, 3);  // of the signal alone
  out.bits(5, 3);
  out.bits(sps.full_range ? 1 : 0, 1);
  const bool says_colors = sps.primaries != 2 || sps.transfer != 2 || sps.matrix != 2;
  out.bits(says_colors ? 1 : 0, 1);
  if (says_colors) {
    for (const int code : {sps.primaries, sps.transfer, sps.matrix}) {
      out.bits(static_cast<unsigned>(code), 8);
    }
  }
  out.bits(0, 6);
  return out.unit();
}

inline std::string avc_config_of(const SequenceParameters& sps) {
  const auto set = write_sps(sps);
  std::string record("\1", 1);
  record += set.substr(1, 3);
  record += "\xFF\xE1";
  record.push_back(static_cast<char>(set.size() >> 8));
  record.push_back(static_cast<char>(set.size() & 255u));
  record += set;
  record += std::string("\1\0\2\x68\xCE", 5);
  return record;
}

}  // namespace sluice::media
