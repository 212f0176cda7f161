#include "catalog/webhook_event.h"

#include <nlohmann/json.hpp>

namespace sluice {
namespace {

using nlohmann::json;

json error_json(const std::optional<VideoError>& error) {
  if (!error) return nullptr;
  return {{"code", error->code}, {"message", error->message}};
}

json video_data(const Video& video) {
  const bool picture = video.facts && video.facts->width > 0;
  return {{"id", video.id.str()},
          {"user_id", video.user_id.str()},
          {"title", video.title},
          {"original_filename", video.original_filename},
          {"status", to_string(video.status)},
          {"visibility", to_string(video.visibility)},
          {"playable", video.playable},
          {"created_at", to_rfc3339(video.created_at)},
          {"size_bytes", video.size_bytes},
          {"duration_seconds", video.facts ? json(video.facts->duration_seconds) : json(nullptr)},
          {"width", picture ? json(video.facts->width) : json(nullptr)},
          {"height", picture ? json(video.facts->height) : json(nullptr)},
          {"error", error_json(video.error)}};
}

}  // namespace

std::string_view to_string(WebhookEvent event) {
  switch (event) {
    case WebhookEvent::playable: return "video.playable";
    case WebhookEvent::complete: return "video.complete";
    case WebhookEvent::failed: return "video.failed";
    case WebhookEvent::deleted: return "video.deleted";
  }
  return "";
}

std::optional<WebhookEvent> parse_webhook_event(std::string_view text) {
  for (const auto event : kAllWebhookEvents) {
    if (to_string(event) == text) return event;
  }
  return std::nullopt;
}

std::vector<WebhookEvent> events_between(const Video& before, const Video& after) {
  std::vector<WebhookEvent> events;
  if (after.playable && !before.playable) events.push_back(WebhookEvent::playable);
  if (after.status == before.status) return events;
  if (after.status == VideoStatus::complete) events.push_back(WebhookEvent::complete);
  if (after.status == VideoStatus::failed) events.push_back(WebhookEvent::failed);
  return events;
}

std::string webhook_body(WebhookEvent event, const Video& video) {
  const json body = {{"type", to_string(event)},
                     {"timestamp", to_rfc3339(video.updated_at)},
                     {"data", video_data(video)}};
  // Names from outside are text already; a byte that isn't must not stop a video.
  return body.dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace sluice
