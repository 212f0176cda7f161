#include "media/aac_source.h"

#include <gtest/gtest.h>

namespace sluice::media {
namespace {

std::string bytes(std::initializer_list<int> values) {
  std::string text;
  for (const int value : values) text += static_cast<char>(value);
  return text;
}

TEST(AacConfig, TellsPlainLowComplexityFromEverythingElse) {
  const auto stereo = read_aac_config(bytes({0x11, 0x90}));
  ASSERT_TRUE(stereo);
  EXPECT_EQ(stereo->sample_rate, 48000);
  EXPECT_EQ(stereo->channels, 2);
  EXPECT_EQ(write_aac_config(*stereo), bytes({0x11, 0x90}));
  const auto mono = read_aac_config(bytes({0x12, 0x08}));
  ASSERT_TRUE(mono);
  EXPECT_EQ(mono->sample_rate, 44100);
  EXPECT_EQ(mono->channels, 1);
  EXPECT_TRUE(read_aac_config(bytes({0x11, 0xB0, 0x56, 0xE5, 0x00}))) << "5.1, no SBR announced";

  EXPECT_FALSE(read_aac_config("")) << "none";
  EXPECT_FALSE(read_aac_config(bytes({0x11, 0x94}))) << "960 samples a frame";
  EXPECT_FALSE(read_aac_config(bytes({0x11, 0x80}))) << "channels are told inside";
  EXPECT_FALSE(read_aac_config(bytes({0x13, 0x90, 0x56, 0xE5, 0xA0}))) << "SBR by extension";
  EXPECT_FALSE(read_aac_config(bytes({0x2B, 0x92, 0x08, 0x00}))) << "HE-AAC";
  EXPECT_FALSE(read_aac_config(bytes({0x09, 0x90}))) << "AAC Main";
}

class Text final : public ByteSource {
 public:
  explicit Text(std::string text) : text_(std::move(text)) {}
  std::int64_t size_bytes() const override { return static_cast<std::int64_t>(text_.size()); }
  Result<std::size_t> read_at(std::int64_t offset, std::span<char> into) const override {
    if (offset >= size_bytes()) return std::size_t{0};
    return text_.copy(into.data(), into.size(), static_cast<std::size_t>(offset));
  }

 private:
  std::string text_;
};

std::string box(const std::string& type, const std::string& payload) {
  const auto size = static_cast<int>(payload.size()) + 8;
  return bytes({0, 0, size >> 8, size & 255}) + type + payload;
}

std::string track(int descriptions) {
  const auto stsd = box("stsd", bytes({0, 0, 0, 0, 0, 0, 0, descriptions}));
  return box("trak", box("tkhd", "x") + box("mdia", box("minf", box("stbl", stsd))));
}

TEST(SingleDescriptions, AreCountedInEveryTrack) {
  const auto file = [](const std::string& tracks) {
    return box("ftyp", "isom") + box("moov", tracks) + box("mdat", "…");
  };
  EXPECT_TRUE(has_single_descriptions(Text(file(track(1) + track(1)))));
  EXPECT_FALSE(has_single_descriptions(Text(file(track(1) + track(2)))));
  EXPECT_FALSE(has_single_descriptions(Text(file(""))));
  const auto whole = file(track(1));
  EXPECT_FALSE(has_single_descriptions(Text(whole.substr(0, whole.size() - 1)))) << "cut off";
}

}  // namespace
}  // namespace sluice::media
