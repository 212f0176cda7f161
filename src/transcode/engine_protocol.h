// What a worker and its engine child say to each other over a stream socket: messages of a JSON
// head and a payload, each with its length in front. Both ends are this same binary.
#pragma once

#include <chrono>
#include <string>

#include <nlohmann/json.hpp>

#include "base/result.h"
#include "transcode/engine.h"

namespace sluice {

// head["type"]: "job" (to the child), "output" with the object as payload, "progress", and at last
// "result" or "error" (from the child).
struct EngineMessage {
  nlohmann::json head;
  std::string payload;
};

using Deadline = std::chrono::steady_clock::time_point;
inline constexpr auto kNoDeadline = Deadline::max();

// Whole messages only. `unavailable`, code engine_gone, when the other end is closed; `internal`,
// code engine_protocol, for anything malformed or larger than a segment can be, and engine_hung for
// what is not complete by the deadline.
Result<> send_message(int socket, const EngineMessage& message);
Result<EngineMessage> receive_message(int socket, Deadline deadline = kNoDeadline);

// All of them, or `unavailable`, code engine_gone, or engine_hung.
Result<> send_bytes(int socket, const char* bytes, std::size_t count);
Result<> receive_bytes(int socket, char* into, std::size_t count, Deadline deadline = kNoDeadline);

nlohmann::json job_to_json(const EngineJob& job, const EngineLimits& limits);
Result<EngineJob> job_from_json(const nlohmann::json& json, EngineLimits& limits);

EngineMessage output_to_message(const media::Output& output);
Result<media::Output> output_from_message(EngineMessage message);

nlohmann::json error_to_json(const Error& error);
Error error_from_json(const nlohmann::json& json);

}  // namespace sluice
