#include "queue/sqs/sqs_protocol.h"

#include <algorithm>
#include <array>
#include <charconv>

#include <fmt/format.h>

namespace sluice {
namespace {

using nlohmann::json;

constexpr const char* kDeliveries = "Deliveries";
constexpr const char* kPublishedAt = "PublishedAt";
constexpr const char* kReason = "Reason";

json attribute(const char* type, std::string value) {
  return {{"DataType", type}, {"StringValue", std::move(value)}};
}

void add_message(json& entry, const SqsOutgoing& message) {
  entry["MessageBody"] = message.body;
  if (message.delay.count() > 0) entry["DelaySeconds"] = message.delay.count();
  json attributes = json::object();
  if (message.deliveries > 0) {
    attributes[kDeliveries] = attribute("Number", std::to_string(message.deliveries));
  }
  if (message.published_at) {
    attributes[kPublishedAt] =
        attribute("Number", std::to_string(to_unix_ms(*message.published_at)));
  }
  if (!message.reason.empty()) attributes[kReason] = attribute("String", message.reason);
  if (!attributes.empty()) entry["MessageAttributes"] = std::move(attributes);
}

// "" for what is no string or not there.
std::string text_at(const json& object, const char* name) {
  const auto found = object.is_object() ? object.find(name) : object.end();
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

const json& object_at(const json& object, const char* name) {
  static const json kNone = json::object();
  const auto found = object.find(name);
  return found != object.end() && found->is_object() ? *found : kNone;
}

std::int64_t number_in(const std::string& text) {
  std::int64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

SqsMessage message_of(const json& entry) {
  const json& system = object_at(entry, "Attributes");
  const json& ours = object_at(entry, "MessageAttributes");
  const auto value = [&](const char* name) {
    return text_at(object_at(ours, name), "StringValue");
  };
  SqsMessage message;
  message.id = text_at(entry, "MessageId");
  message.handle = text_at(entry, "ReceiptHandle");
  message.body = text_at(entry, "Body");
  message.receives = static_cast<int>(number_in(text_at(system, "ApproximateReceiveCount")));
  message.earlier_deliveries = static_cast<int>(number_in(value(kDeliveries)));
  const auto first = value(kPublishedAt);
  message.published_at =
      from_unix_ms(number_in(first.empty() ? text_at(system, "SentTimestamp") : first));
  message.reason = value(kReason);
  return message;
}

template <std::size_t N>
bool is_one_of(std::string_view code, const std::array<std::string_view, N>& codes) {
  return std::ranges::find(codes, code) != codes.end();
}

}  // namespace

json sqs_receive_request(const std::string& queue_url, const SqsReceive& receive) {
  return {{"QueueUrl", queue_url},
          {"MaxNumberOfMessages", receive.count},
          {"WaitTimeSeconds", receive.wait.count()},
          {"VisibilityTimeout", receive.visibility.count()},
          {"MessageSystemAttributeNames", {"ApproximateReceiveCount", "SentTimestamp"}},
          {"MessageAttributeNames", {"All"}}};
}

Result<std::vector<SqsMessage>> sqs_messages(const json& answer) {
  std::vector<SqsMessage> messages;
  const auto found = answer.find("Messages");
  if (found == answer.end() || !found->is_array()) return messages;
  for (const json& entry : *found) {
    messages.push_back(message_of(entry));
    if (messages.back().handle.empty()) {
      return fail(ErrorKind::unavailable, "bad_queue_answer", "The queue's answer makes no sense.");
    }
  }
  return messages;
}

json sqs_send_request(const std::string& queue_url, const SqsOutgoing& message) {
  json request = {{"QueueUrl", queue_url}};
  add_message(request, message);
  return request;
}

json sqs_send_batch_request(const std::string& queue_url, std::span<const SqsOutgoing> messages) {
  json entries = json::array();
  for (const SqsOutgoing& message : messages) {
    json entry = {{"Id", std::to_string(entries.size())}};
    add_message(entry, message);
    entries.push_back(std::move(entry));
  }
  return {{"QueueUrl", queue_url}, {"Entries", std::move(entries)}};
}

std::size_t sqs_batch_size(std::span<const SqsOutgoing> messages) {
  std::size_t count = 0;
  std::size_t bytes = 0;
  for (const SqsOutgoing& message : messages) {
    bytes += message.body.size();
    if (count == kSqsBatch || (count > 0 && bytes > kSqsBatchBytes)) break;
    ++count;
  }
  return count;
}

Result<> sqs_batch_result(const json& answer) {
  const auto failed = answer.find("Failed");
  if (failed == answer.end() || !failed->is_array() || failed->empty()) return {};
  const json& first = failed->front();
  const auto sender = first.find("SenderFault");
  const bool ours = sender != first.end() && sender->is_boolean() && sender->get<bool>();
  return fail(ours ? ErrorKind::internal : ErrorKind::unavailable, "queue_refused",
              fmt::format("The queue refused a message: {}.", text_at(first, "Code")));
}

json sqs_create_request(const std::string& name, std::chrono::seconds visibility,
                        std::chrono::seconds retention) {
  return {{"QueueName", name},
          {"Attributes",
           {{"VisibilityTimeout", std::to_string(visibility.count())},
            {"MessageRetentionPeriod", std::to_string(retention.count())},
            {"SqsManagedSseEnabled", "true"}}}};
}

void add_sqs_redrive(json& create_request, const std::string& dead_queue_arn, int max_receives) {
  const json policy = {{"deadLetterTargetArn", dead_queue_arn}, {"maxReceiveCount", max_receives}};
  create_request["Attributes"]["RedrivePolicy"] = policy.dump();
}

json sqs_arn_request(const std::string& queue_url) {
  return {{"QueueUrl", queue_url}, {"AttributeNames", {"QueueArn"}}};
}

std::string sqs_arn(const json& answer) {
  return text_at(object_at(answer, "Attributes"), "QueueArn");
}

std::string sqs_queue_url(const json& answer) { return text_at(answer, "QueueUrl"); }

json sqs_counts_request(const std::string& queue_url) {
  return {{"QueueUrl", queue_url},
          {"AttributeNames",
           {"ApproximateNumberOfMessages", "ApproximateNumberOfMessagesDelayed",
            "ApproximateNumberOfMessagesNotVisible"}}};
}

SqsCounts sqs_counts(const json& answer) {
  const json& attributes = object_at(answer, "Attributes");
  const auto count = [&](const char* name) { return number_in(text_at(attributes, name)); };
  return {count("ApproximateNumberOfMessages"), count("ApproximateNumberOfMessagesDelayed"),
          count("ApproximateNumberOfMessagesNotVisible")};
}

std::string sqs_text(std::string_view text, std::size_t max_bytes) {
  std::string clean(text.substr(0, max_bytes));
  for (char& c : clean) {
    const auto byte = static_cast<unsigned char>(c);
    // Its limits are those of XML; what is cut may end within a character.
    if ((byte < 0x20 && c != '\t' && c != '\n' && c != '\r') || byte >= 0x7f) c = '?';
  }
  return clean;
}

bool is_sqs_queue_missing(std::string_view code) {
  return code == "QueueDoesNotExist" || code.ends_with("NonExistentQueue");
}

bool is_sqs_handle_lost(std::string_view code) {
  constexpr std::array<std::string_view, 4> kCodes = {
      "MessageNotInflight", "ReceiptHandleIsInvalid", "InvalidParameterValue",
      "InvalidParameterValueException"};
  return is_one_of(code, kCodes);
}

bool is_sqs_denied(std::string_view code) {
  constexpr std::array<std::string_view, 4> kCodes = {
      "InvalidSecurity", "KmsAccessDenied", "InvalidSignatureException", "SignatureDoesNotMatch"};
  return code.starts_with("AccessDenied") || is_one_of(code, kCodes);
}

}  // namespace sluice
