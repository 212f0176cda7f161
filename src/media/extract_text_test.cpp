#include "media/extract_text.h"

#include <gmock/gmock.h>

#include <fstream>
#include <map>
#include <sstream>

#include "media/probe.h"

namespace sluice::media {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

class MediaBytes final : public ByteSource {
 public:
  explicit MediaBytes(const std::string& name) {
    std::ifstream file(std::string(SLUICE_TEST_MEDIA) + "/" + name, std::ios::binary);
    std::ostringstream bytes;
    bytes << file.rdbuf();
    bytes_ = bytes.str();
    EXPECT_FALSE(bytes_.empty()) << name;
  }
  std::int64_t size_bytes() const override { return static_cast<std::int64_t>(bytes_.size()); }
  Result<std::size_t> read_at(std::int64_t offset, std::span<char> into) const override {
    const auto start = std::min(static_cast<std::size_t>(offset), bytes_.size());
    return bytes_.copy(into.data(), into.size(), start);
  }

 private:
  std::string bytes_;
};

struct Extracted {
  Plan plan;
  std::map<std::string, std::string> files;
};

Extracted extract(const std::string& name) {
  const MediaBytes source(name);
  Extracted result;
  result.plan = make_plan(probe(source).value(), {}).value();
  std::vector<std::string> tracks;
  for (const auto& track : result.plan.text) tracks.push_back(track.name);
  const auto done = extract_text(
      source, result.plan, tracks,
      [&](Output output) -> Result<> {
        result.files[output.name] = output.bytes;
        return {};
      },
      [](double) {});
  EXPECT_TRUE(done) << done.error().code;
  return result;
}

TEST(ExtractText, ReadsMovText) {
  const auto made = extract("mov_text_eng_spa_vfr.m4v");
  ASSERT_EQ(made.plan.text.size(), 2u);
  EXPECT_EQ(made.plan.text[0].language, "en");
  EXPECT_EQ(made.plan.text[1].language, "es");
  EXPECT_TRUE(made.plan.text[0].is_default);
  EXPECT_EQ(made.files.at("text-0/captions.vtt"),
            "WEBVTT\n\n00:00:00.500 --> 00:00:01.900\nThis is a test subtitle.\n"
            "\n00:00:02.000 --> 00:00:05.370\nAWESOME FIXTURE MOVIE\n"
            "\n00:00:05.950 --> 00:00:07.000\nNice.\n");
  EXPECT_THAT(made.files.at("text-1/captions.vtt"), HasSubstr("QUE BEUNA PELICULA"));
  EXPECT_THAT(made.files.at("text-1/00000.vtt"), StartsWith("WEBVTT\nX-TIMESTAMP-MAP="));
}

TEST(ExtractText, ReadsSubRipAndAss) {
  const auto made = extract("srt_and_ass_two_languages.mkv");
  ASSERT_EQ(made.plan.text.size(), 2u);
  EXPECT_EQ(made.plan.text[0].title, "English SRT");
  // The picture starts at 0.021 s, and that is the time that cues are counted from.
  const auto* expected =
      "WEBVTT\n\n00:00:01.000 --> 00:00:03.500\nHello world!\n"
      "\n00:00:05.000 --> 00:00:07.000\nThis is a test.\n"
      "\n00:00:08.500 --> 00:00:10.000\nGoodbye!\n";
  EXPECT_EQ(made.files.at("text-0/captions.vtt"), expected);
  EXPECT_EQ(made.files.at("text-1/captions.vtt"), expected);
}

TEST(ExtractText, ReadsWebVtt) {
  const auto made = extract("webvtt_subtitles.webm");
  EXPECT_THAT(made.files.at("text-0/captions.vtt"),
              StartsWith("WEBVTT\n\n00:00:00.000 --> 00:00:00.500\n"
                         "This is subtitle #1 (the first)\n\n00:00:00.500 --> "));
}

TEST(ExtractText, GivesNothingOfATrackThatIsNotThere) {
  const MediaBytes source("webvtt_subtitles.webm");
  auto plan = make_plan(probe(source).value(), {}).value();
  plan.text[0].stream_index = 7;
  const auto refuse = [](Output output) -> Result<> {
    ADD_FAILURE() << output.name;
    return {};
  };
  EXPECT_TRUE(extract_text(source, plan, {"text-0"}, refuse, [](double) {}));
  EXPECT_EQ(extract_text(source, plan, {"text-9"}, refuse, [](double) {}).error().code, "bad_job");
}

}  // namespace
}  // namespace sluice::media
