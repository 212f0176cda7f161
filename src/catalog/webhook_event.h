// What webhooks hear of: the moves of a video that matter to other systems. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "video/video.h"

namespace sluice {

enum class WebhookEvent {
  playable,  // its first seconds can be played; the rest follows
  complete,
  failed,
  deleted,
};

inline constexpr WebhookEvent kAllWebhookEvents[] = {WebhookEvent::playable, WebhookEvent::complete,
                                                     WebhookEvent::failed, WebhookEvent::deleted};

std::string_view to_string(WebhookEvent event);  // "video.playable" …
std::optional<WebhookEvent> parse_webhook_event(std::string_view text);

// What happened between two states of a video, in order. A deletion is no move.
std::vector<WebhookEvent> events_between(const Video& before, const Video& after);

// What is sent: {"type", "timestamp", "data"}, with the video as it is at this moment and no URLs.
// The timestamp is the video's updated_at, which rises with every move: receivers can order the
// events of a video by it.
std::string webhook_body(WebhookEvent event, const Video& video);

}  // namespace sluice
