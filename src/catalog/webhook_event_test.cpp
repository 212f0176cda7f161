#include "catalog/webhook_event.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace sluice {
namespace {

using nlohmann::json;
using Events = std::vector<WebhookEvent>;

Video video(VideoStatus status, bool playable = false) {
  Video video;
  video.id = VideoId("v1");
  video.user_id = UserId("u1");
  video.title = "Holiday";
  video.original_filename = "holiday.mov";
  video.status = status;
  video.playable = playable;
  video.created_at = from_unix_ms(1'700'000'000'000);
  video.updated_at = from_unix_ms(1'700'000'060'001);
  video.size_bytes = 1000;
  return video;
}

TEST(WebhookEvent, HappensWhenAMoveMattersToOthers) {
  using enum VideoStatus;
  const struct {
    Video before, after;
    Events expected;
  } cases[] = {
      {video(pending), video(queued), {}},
      {video(queued), video(processing), {}},
      {video(processing), video(processing), {}},
      {video(processing), video(processing, true), {WebhookEvent::playable}},
      {video(processing, true), video(processing, true), {}},
      {video(processing, true), video(complete, true), {WebhookEvent::complete}},
      {video(processing), video(complete, true), {WebhookEvent::playable, WebhookEvent::complete}},
      {video(processing, true), video(failed, true), {WebhookEvent::failed}},
      {video(pending), video(failed), {WebhookEvent::failed}},
      {video(failed), video(queued), {}},
      {video(failed, true), video(queued, true), {}},
  };
  for (const auto& [before, after, expected] : cases) {
    EXPECT_EQ(events_between(before, after), expected)
        << to_string(before.status) << " → " << to_string(after.status);
  }
}

TEST(WebhookEvent, HasANameAndIsFoundByIt) {
  for (const auto event : kAllWebhookEvents)
    EXPECT_EQ(parse_webhook_event(to_string(event)), event);
  for (const auto* text : {"", "video", "video.", "Video.complete", "video.complete "}) {
    EXPECT_EQ(parse_webhook_event(text), std::nullopt) << text;
  }
}

TEST(WebhookEvent, CarriesTheVideoAsItIsAtThatMoment) {
  auto done = video(VideoStatus::complete, true);
  done.facts = PictureFacts{12.5, 1920, 1080, {25, 1}};
  EXPECT_EQ(json::parse(webhook_body(WebhookEvent::complete, done)),
            (json{{"type", "video.complete"},
                  {"timestamp", "2023-11-14T22:14:20.001Z"},
                  {"data",
                   {{"id", "v1"},
                    {"user_id", "u1"},
                    {"title", "Holiday"},
                    {"original_filename", "holiday.mov"},
                    {"status", "complete"},
                    {"visibility", "public"},
                    {"playable", true},
                    {"created_at", "2023-11-14T22:13:20.000Z"},
                    {"size_bytes", 1000},
                    {"duration_seconds", 12.5},
                    {"width", 1920},
                    {"height", 1080},
                    {"error", nullptr}}}}));
}

TEST(WebhookEvent, SaysWhyAVideoFailedAndWhatIsNotKnown) {
  auto broken = video(VideoStatus::failed);
  broken.error = VideoError{"corrupt_source", "The file is damaged."};
  const auto data = json::parse(webhook_body(WebhookEvent::failed, broken))["data"];
  EXPECT_EQ(data["error"], (json{{"code", "corrupt_source"}, {"message", "The file is damaged."}}));
  for (const auto* unknown : {"duration_seconds", "width", "height"}) {
    EXPECT_EQ(data[unknown], nullptr) << unknown;
  }
}

TEST(WebhookEvent, SoundHasADurationAndNoSize) {
  auto sound = video(VideoStatus::complete, true);
  sound.facts = PictureFacts{30, 0, 0, {}};
  const auto data = json::parse(webhook_body(WebhookEvent::complete, sound))["data"];
  EXPECT_EQ(data["duration_seconds"], 30);
  EXPECT_EQ(data["width"], nullptr);
}

TEST(WebhookEvent, IsOneLineOfValidTextWhateverTheTitleIs) {
  auto odd = video(VideoStatus::complete, true);
  odd.title = "a\nb\"c \xff";
  const auto body = webhook_body(WebhookEvent::complete, odd);
  EXPECT_EQ(body.find('\n'), std::string::npos);
  EXPECT_EQ(json::parse(body)["data"]["title"], "a\nb\"c \xEF\xBF\xBD");
}

}  // namespace
}  // namespace sluice
