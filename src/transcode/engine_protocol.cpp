#include "transcode/engine_protocol.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include <poll.h>
#include <sys/socket.h>

namespace sluice {
namespace {

using nlohmann::json;

constexpr std::uint64_t kMaxHeadBytes = 16u << 20;      // a plan of a very long video is about 1 MB
constexpr std::uint64_t kMaxPayloadBytes = 256u << 20;  // a segment is a few MB

constexpr std::array<std::pair<ErrorKind, const char*>, 8> kKinds = {{
    {ErrorKind::not_found, "not_found"},
    {ErrorKind::conflict, "conflict"},
    {ErrorKind::invalid, "invalid"},
    {ErrorKind::denied, "denied"},
    {ErrorKind::too_large, "too_large"},
    {ErrorKind::unavailable, "unavailable"},
    {ErrorKind::canceled, "canceled"},
    {ErrorKind::internal, "internal"},
}};

tl::unexpected<Error> gone() {
  return fail(ErrorKind::unavailable, "engine_gone", "The engine process has ended.");
}

tl::unexpected<Error> malformed() {
  return fail(ErrorKind::internal, "engine_protocol",
              "The engine process sent something malformed.");
}

// Until there is something to receive, or somebody has hung up.
Result<> wait_until(Deadline deadline, int socket) {
  if (deadline == kNoDeadline) return {};
  pollfd waits{socket, POLLIN, 0};
  while (true) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(
        deadline - std::chrono::steady_clock::now());
    const int ready = ::poll(&waits, 1, static_cast<int>(std::max<std::int64_t>(0, left.count())));
    if (ready > 0) return {};
    if (ready < 0 && errno == EINTR) continue;
    return fail(ErrorKind::internal, "engine_hung",
                "The engine made no progress and was stopped.");
  }
}

}  // namespace

Result<> send_bytes(int socket, const char* bytes, std::size_t count) {
  while (count > 0) {
    const auto sent = ::send(socket, bytes, count, MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent <= 0) return gone();
    bytes += sent;
    count -= static_cast<std::size_t>(sent);
  }
  return {};
}

Result<> receive_bytes(int socket, char* into, std::size_t count, Deadline deadline) {
  while (count > 0) {
    SLUICE_TRY(wait_until(deadline, socket));
    const auto got = ::recv(socket, into, count, 0);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return gone();
    into += got;
    count -= static_cast<std::size_t>(got);
  }
  return {};
}

Result<> send_message(int socket, const EngineMessage& message) {
  const auto head = message.head.dump(-1, ' ', false, json::error_handler_t::replace);
  const std::array<std::uint64_t, 2> sizes = {head.size(), message.payload.size()};
  SLUICE_TRY(send_bytes(socket, reinterpret_cast<const char*>(sizes.data()), sizeof sizes));
  SLUICE_TRY(send_bytes(socket, head.data(), head.size()));
  return send_bytes(socket, message.payload.data(), message.payload.size());
}

Result<EngineMessage> receive_message(int socket, Deadline deadline) {
  std::array<std::uint64_t, 2> sizes{};
  SLUICE_TRY(receive_bytes(socket, reinterpret_cast<char*>(sizes.data()), sizeof sizes, deadline));
  if (sizes[0] > kMaxHeadBytes || sizes[1] > kMaxPayloadBytes) return malformed();
  std::string head(sizes[0], '\0');
  EngineMessage message;
  message.payload.resize(sizes[1]);
  SLUICE_TRY(receive_bytes(socket, head.data(), head.size(), deadline));
  SLUICE_TRY(receive_bytes(socket, message.payload.data(), message.payload.size(), deadline));
  message.head = json::parse(head, nullptr, false);
  if (!message.head.is_object() || !message.head.contains("type")) return malformed();
  return message;
}

json job_to_json(const EngineJob& job, const EngineLimits& limits) {
  return {{"type", "job"},
          {"kind", to_string(job.kind)},
          {"max_duration_seconds", job.policy.max_duration_seconds},
          {"max_picture_pixels", job.policy.max_picture_pixels},
          {"max_tracks", job.policy.max_tracks},
          {"plan", job.plan ? json(to_json(*job.plan)) : json(nullptr)},
          {"tracks", job.tracks},
          {"first_chunk", job.first_chunk},
          {"end_chunk", job.end_chunk},
          {"threads", job.threads},
          {"memory_bytes", limits.memory_bytes},
          {"cpu_seconds", limits.cpu.count()}};
}

Result<EngineJob> job_from_json(const json& head, EngineLimits& limits) {
  try {
    EngineJob job;
    const auto kind = parse_task_kind(head.at("kind").get<std::string>());
    if (!kind) return malformed();
    job.kind = *kind;
    head.at("max_duration_seconds").get_to(job.policy.max_duration_seconds);
    head.at("max_picture_pixels").get_to(job.policy.max_picture_pixels);
    head.at("max_tracks").get_to(job.policy.max_tracks);
    if (!head.at("plan").is_null()) {
      SLUICE_TRY_ASSIGN(job.plan, plan_from_json(head.at("plan").get<std::string>()));
    }
    head.at("tracks").get_to(job.tracks);
    head.at("first_chunk").get_to(job.first_chunk);
    head.at("end_chunk").get_to(job.end_chunk);
    head.at("threads").get_to(job.threads);
    head.at("memory_bytes").get_to(limits.memory_bytes);
    limits.cpu = std::chrono::seconds(head.at("cpu_seconds").get<std::int64_t>());
    return job;
  } catch (const json::exception&) {
    return malformed();
  }
}

EngineMessage output_to_message(const media::Output& output) {
  EngineMessage message{
      {{"type", "output"},
       {"name", output.name},
       {"segment", nullptr},
       {"poster_rank", output.poster_rank ? json(*output.poster_rank) : json(nullptr)},
       {"note", nullptr},
       {"loudness", output.loudness ? json(to_json(*output.loudness)) : json(nullptr)}},
      output.bytes};
  if (output.segment) {
    const auto& segment = *output.segment;
    message.head["segment"] = {{"track", segment.track},
                               {"index", segment.index},
                               {"start_ticks", segment.start_ticks},
                               {"duration_ticks", segment.duration_ticks},
                               {"size_bytes", segment.size_bytes},
                               {"work", segment.work},
                               {"first_sample_end_bytes", segment.first_sample_end_bytes}};
  }
  if (output.note) {
    message.head["note"] = {{"code", output.note->code}, {"message", output.note->message}};
  }
  return message;
}

Result<media::Output> output_from_message(EngineMessage message) {
  try {
    media::Output output;
    message.head.at("name").get_to(output.name);
    output.bytes = std::move(message.payload);
    const auto& head = message.head.at("segment");
    if (!head.is_null()) {
      StoredSegment segment;
      head.at("track").get_to(segment.track);
      head.at("index").get_to(segment.index);
      head.at("start_ticks").get_to(segment.start_ticks);
      head.at("duration_ticks").get_to(segment.duration_ticks);
      head.at("size_bytes").get_to(segment.size_bytes);
      head.at("work").get_to(segment.work);
      head.at("first_sample_end_bytes").get_to(segment.first_sample_end_bytes);
      output.segment = segment;
    }
    const auto& rank = message.head.at("poster_rank");
    if (!rank.is_null()) output.poster_rank = rank.get<double>();
    const auto& note = message.head.at("note");
    if (!note.is_null()) {
      output.note = Note{note.at("code").get<std::string>(), note.at("message").get<std::string>()};
    }
    const auto& loudness = message.head.at("loudness");
    if (!loudness.is_null()) {
      SLUICE_TRY_ASSIGN(output.loudness, loudness_part_from_json(loudness.get<std::string>()));
    }
    return output;
  } catch (const json::exception&) {
    return malformed();
  }
}

json error_to_json(const Error& error) {
  const char* kind = "internal";
  for (const auto& [candidate, name] : kKinds) {
    if (candidate == error.kind) kind = name;
  }
  return {{"type", "error"}, {"kind", kind}, {"code", error.code}, {"message", error.message}};
}

Error error_from_json(const json& head) {
  Error error{ErrorKind::internal, head.value("code", "engine_protocol"),
              head.value("message", "The engine failed.")};
  const auto kind = head.value("kind", "internal");
  for (const auto& [candidate, name] : kKinds) {
    if (kind == name) error.kind = candidate;
  }
  return error;
}

}  // namespace sluice
