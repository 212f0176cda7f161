// For tests: files with H.264, made as a test wants them.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "base/byte_source.h"
#include "media/av.h"

namespace sluice::media {

class MemorySource final : public ByteSource {
 public:
  explicit MemorySource(std::string bytes) : bytes_(std::move(bytes)) {}
  std::int64_t size_bytes() const override { return static_cast<std::int64_t>(bytes_.size()); }
  Result<std::size_t> read_at(std::int64_t offset, std::span<char> into) const override {
    if (offset >= size_bytes()) return std::size_t{0};
    return bytes_.copy(into.data(), into.size(), static_cast<std::size_t>(offset));
  }

 private:
  std::string bytes_;
};

struct H264Source {
  int width = 640;
  int height = 360;
  AVRational frame_rate{10, 1};
  int frames = 100;
  std::vector<int> idr_at = {0, 20, 40, 60, 80};  // numbers of frames
  std::string x264 = "keyint=infinite:min-keyint=1:scenecut=0:bframes=2:b-adapt=0";
  double crf = 35;
  bool noise = false;  // incompressible pictures
  std::string profile = "high";
  std::string container = "mp4";
  std::string muxer_options{};
  AVRational sample_aspect{1, 1};
  int rotation = 0;
  bool full_range = false;
  std::function<void(AVCodecContext&)> configure{};  // anything else, before the encoder is opened
  // Changes or drops (false) what the encoder made, in decode order; time stamps are in frames.
  std::function<bool(AVPacket&, int number)> edit{};
};

// The file's bytes. Throws when FFmpeg refuses.
std::string make_file(const H264Source& wanted);

}  // namespace sluice::media
