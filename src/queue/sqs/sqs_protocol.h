// The JSON protocol of SQS (AWS JSON 1.0) as texts: requests, answers, faults. Pure.
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/
#pragma once

#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/result.h"
#include "base/time.h"

namespace sluice {

// A message as it is sent. What SQS can't tell of a copy goes with it.
struct SqsOutgoing {
  std::string body;
  int deliveries = 0;                       // of earlier copies
  std::optional<Timestamp> published_at{};  // of the first copy
  std::string reason{};                     // of a dead letter
  std::chrono::seconds delay{0};            // SQS allows 15 minutes
};

struct SqsMessage {
  std::string id;
  std::string handle;
  std::string body;
  int receives = 1;            // of this copy
  int earlier_deliveries = 0;  // of earlier copies
  Timestamp published_at{};    // of the first copy
  std::string reason;
};

struct SqsCounts {
  std::int64_t visible = 0;
  std::int64_t delayed = 0;
  std::int64_t in_flight = 0;
};

struct SqsReceive {
  int count = 1;
  std::chrono::seconds wait{0};
  std::chrono::seconds visibility{0};
};

inline constexpr std::size_t kSqsBatch = 10;
// Of the messages of one request together. Newer limits are wider.
inline constexpr std::size_t kSqsBatchBytes = 256 * 1024;

nlohmann::json sqs_receive_request(const std::string& queue_url, const SqsReceive& receive);
Result<std::vector<SqsMessage>> sqs_messages(const nlohmann::json& answer);

nlohmann::json sqs_send_request(const std::string& queue_url, const SqsOutgoing& message);
nlohmann::json sqs_send_batch_request(const std::string& queue_url,
                                      std::span<const SqsOutgoing> messages);
// How many of `messages`, from the first on, fit one batch. At least one.
std::size_t sqs_batch_size(std::span<const SqsOutgoing> messages);
// Of an answer to any batch: nothing, or why the first that failed did.
Result<> sqs_batch_result(const nlohmann::json& answer);

nlohmann::json sqs_create_request(const std::string& name, std::chrono::seconds visibility,
                                  std::chrono::seconds retention);
// After `max_receives` deliveries SQS moves a message to the queue of that ARN.
void add_sqs_redrive(nlohmann::json& create_request, const std::string& dead_queue_arn,
                     int max_receives);

nlohmann::json sqs_arn_request(const std::string& queue_url);
std::string sqs_arn(const nlohmann::json& answer);
std::string sqs_queue_url(const nlohmann::json& answer);

nlohmann::json sqs_counts_request(const std::string& queue_url);
SqsCounts sqs_counts(const nlohmann::json& answer);

// Characters that SQS refuses replaced, and at most so many bytes.
std::string sqs_text(std::string_view text, std::size_t max_bytes);

// What a fault's code means.
bool is_sqs_queue_missing(std::string_view code);
// The message was given to somebody else, or is gone.
bool is_sqs_handle_lost(std::string_view code);
bool is_sqs_denied(std::string_view code);

}  // namespace sluice
