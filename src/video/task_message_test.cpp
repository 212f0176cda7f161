#include "video/task_message.h"

#include <gtest/gtest.h>

namespace sluice {
namespace {

constexpr std::string_view kPrepare =
    R"({"version":1,"task_id":"t1","kind":"prepare","video_id":"v1",)"
    R"("source":{"bucket":"uploads","key":"videos/v1/source/original"},"chunk":null})";

TaskMessage prepare_message() {
  return {TaskId("t1"), TaskKind::prepare,           VideoId("v1"),
          "uploads",    "videos/v1/source/original", std::nullopt};
}

TEST(TaskMessage, IsWrittenAsDocumented) { EXPECT_EQ(to_json(prepare_message()), kPrepare); }

TEST(TaskMessage, ReadsBackWhatItWrites) {
  auto message = prepare_message();
  message.kind = TaskKind::video;
  message.chunk = 12;
  const auto read = task_message_from_json(to_json(message)).value();
  EXPECT_EQ(read.task_id, message.task_id);
  EXPECT_EQ(read.kind, TaskKind::video);
  EXPECT_EQ(read.video_id, message.video_id);
  EXPECT_EQ(read.source_bucket, "uploads");
  EXPECT_EQ(read.source_key, message.source_key);
  EXPECT_EQ(read.chunk, 12);
  EXPECT_FALSE(task_message_from_json(kPrepare)->chunk);
}

TEST(TaskMessage, RefusesAnotherVersion) {
  std::string later(kPrepare);
  later.replace(later.find(":1,"), 3, ":2,");
  EXPECT_EQ(task_message_from_json(later).error().code, "unknown_message_version");
}

TEST(TaskMessage, IgnoresUnknownFields) {
  std::string more(kPrepare);
  more.insert(1, R"("trace":"abc",)");
  EXPECT_TRUE(task_message_from_json(more));
}

TEST(TaskMessage, RefusesWhatIsNoTaskMessage) {
  const auto without = [](std::string_view part, std::string_view replacement) {
    std::string text(kPrepare);
    text.replace(text.find(part), part.size(), replacement);
    return text;
  };
  for (const auto& text :
       {std::string(""), std::string("{"), std::string("[]"), std::string("{}"),
        std::string("\xff"), without("\"version\":1,", ""),
        without("\"version\":1", "\"version\":\"1\""), without("\"t1\"", "\"\""),
        without("\"t1\"", "7"), without("prepare", "unknown"), without("\"kind\"", "\"sort\""),
        without("\"uploads\"", "null"), without("\"chunk\":null", "\"chunk\":-1"),
        without("\"chunk\":null", "\"chunk\":99999999999"),
        without("\"chunk\":null", "\"chunk\":\"1\"")}) {
    const auto read = task_message_from_json(text);
    ASSERT_FALSE(read) << text;
    EXPECT_EQ(read.error().kind, ErrorKind::invalid) << text;
    EXPECT_EQ(read.error().code, "bad_message") << text;
  }
}

}  // namespace
}  // namespace sluice
