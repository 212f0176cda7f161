// The gate's own test, as far as it is about text: for each check a track that is broken in that
// way.
#include "transcode/check_text.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "plan/timeline.h"
#include "text/write_text.h"
#include "video/object_key.h"

namespace sluice {
namespace {

using testing::HasSubstr;

const VideoId kVideo{"v1"};

// Ten seconds in three segments of text, with a cue in each and one across the first cut.
class CheckText : public testing::Test {
 protected:
  CheckText() {
    plan_.timeline.duration_seconds = 10;
    plan_.timeline.segment_count = 3;
    track_.name = "text-0";
    track_.segment_seconds = 4;
    files_ = write_text_files({{500, 1'500, "One", ""},
                               {3'000, 5'000, "Two &gt; one", "line:0"},
                               {8'500, 9'900, "Three", ""}},
                              text_borders_ms(plan_.timeline, track_.segment_seconds))
                 .value();
    add("captions.vtt", files_.whole);
    for (std::size_t i = 0; i < files_.segments.size(); ++i) {
      add(text_segment_name(static_cast<int>(i)), files_.segments[i]);
    }
  }

  void add(const std::string& name, const std::string& bytes) {
    sizes_[key(name)] = static_cast<std::int64_t>(bytes.size());
    track_.size_bytes += static_cast<std::int64_t>(bytes.size());
  }
  static std::string key(const std::string& name) {
    return video_prefix(kVideo) + text_name("text-0", name);
  }

  std::string objects_fault() const {
    return message_of(check_text_objects(kVideo, plan_, track_, sizes_));
  }
  std::string segment_fault(int index, const std::string& bytes) const {
    return message_of(check_text_segment(plan_, track_, index, bytes));
  }
  static std::string message_of(const Result<>& checked) {
    if (checked) return "";
    EXPECT_EQ(checked.error().code, "output_invalid");
    return checked.error().message;
  }

  Plan plan_;
  TextTrack track_;
  TextFiles files_;
  ObjectSizes sizes_;
};

TEST_F(CheckText, LetsPassWhatIsRight) {
  ASSERT_EQ(files_.segments.size(), 3u);
  EXPECT_EQ(text_segment_count(plan_, track_), 3);
  EXPECT_EQ(objects_fault(), "");
  for (int i = 0; i < 3; ++i) {
    const auto& bytes = files_.segments[static_cast<std::size_t>(i)];
    EXPECT_THAT(bytes, HasSubstr("-->"));
    EXPECT_EQ(segment_fault(i, bytes), "");
    for (std::size_t size = 60; size < bytes.size(); ++size) {
      EXPECT_EQ(segment_fault(i, bytes.substr(0, size)), "") << "only its beginning was read";
    }
  }
}

TEST_F(CheckText, MissesASegment) {
  sizes_.erase(key("00001.vtt"));
  EXPECT_EQ(objects_fault(), "text-0: segment 1 of 3 is missing.");
}

TEST_F(CheckText, MissesTheWhole) {
  sizes_.erase(key("captions.vtt"));
  EXPECT_EQ(objects_fault(), "text-0: the whole of it is missing.");
}

TEST_F(CheckText, SeesTextThatEndsBeforeTheVideo) {
  plan_.timeline.duration_seconds = 14;
  plan_.timeline.segment_count = 4;
  EXPECT_EQ(objects_fault(), "text-0: segment 3 of 4 is missing.");
}

TEST_F(CheckText, SeesAnObjectOfAnotherSize) {
  sizes_[key("00002.vtt")] += 1;
  EXPECT_EQ(objects_fault(), fmt::format("text-0: its objects have {} bytes, recorded are {}.",
                                         track_.size_bytes + 1, track_.size_bytes));
  track_.size_bytes = 0;
  EXPECT_EQ(objects_fault(), "") << "an older version recorded nothing";
  sizes_[key("00002.vtt")] = 50;
  EXPECT_EQ(objects_fault(), "text-0: segment 2 has 50 bytes.");
}

TEST_F(CheckText, SeesWhatIsNoWebVtt) {
  const auto& good = files_.segments[0];
  for (const auto& bad :
       {std::string(), good.substr(1), good.substr(0, 20), "\xEF\xBB\xBF" + good, files_.whole}) {
    EXPECT_EQ(segment_fault(0, bad),
              "text-0: segment 0 doesn't start as WebVTT on our clock does.");
  }
  auto late = good;
  late.replace(late.find("MPEGTS:0"), 8, "MPEGTS:9");
  EXPECT_NE(segment_fault(0, late), "");
}

TEST_F(CheckText, SeesCuesOfAnotherTime) {
  EXPECT_EQ(
      segment_fault(2, files_.segments[0]),
      "text-0: a cue of segment 2, which lasts from 8000 to 10000 ms, is shown from 500 to 1500.");
  EXPECT_THAT(segment_fault(0, files_.segments[2]), HasSubstr("is shown from 8500 to 9900"));
}

TEST_F(CheckText, SeesCueTimesThatMakeNoSense) {
  auto backwards = files_.segments[0];
  backwards.replace(backwards.find("00:00:01.500"), 12, "00:00:00.400");
  EXPECT_THAT(segment_fault(0, backwards), HasSubstr("is shown from 500 to 400"));
  auto unreadable = files_.segments[0];
  unreadable.replace(unreadable.find("00:00:00.500"), 12, "00:00:0x.500");
  EXPECT_THAT(segment_fault(0, unreadable), HasSubstr("is shown from -1 to 1500"));
}

}  // namespace
}  // namespace sluice
