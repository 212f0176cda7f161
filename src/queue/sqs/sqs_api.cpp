#include "queue/sqs/sqs_api.h"

#include <fmt/format.h>

#include "base/log.h"
#include "queue/job_queue.h"

namespace sluice {
namespace {

using nlohmann::json;
using std::chrono::seconds;

// SQS keeps a message for two weeks at most, whichever of its queues it is in.
constexpr seconds kRetention = kDeadLettersKept;
constexpr seconds kTimeout{10};

Error error_of(const AwsFault& fault, std::string_view action) {
  const auto subject = fmt::format("The queue (SQS, {})", action);
  auto error = aws_error(fault, subject);
  if (is_sqs_denied(fault.code)) error.kind = ErrorKind::denied;
  // Somebody deletes our queues under us, or has too many messages in his hands: it will pass.
  if (is_sqs_queue_missing(fault.code) || fault.code == "QueueDeletedRecently" ||
      fault.code == "OverLimit") {
    error.kind = ErrorKind::unavailable;
  }
  return error;
}

}  // namespace

Result<SqsApi::Answer> SqsApi::ask(std::string_view action, const json& request, seconds wait,
                                   std::stop_token stop) {
  const std::string body = request.dump(-1, ' ', false, json::error_handler_t::replace);
  AwsCall call;
  call.origin = options_.endpoint;
  call.method = "POST";
  call.headers = {{"Content-Type", "application/x-amz-json-1.0"},
                  {"X-Amz-Target", fmt::format("AmazonSQS.{}", action)}};
  call.body = body;
  call.timeout = wait + kTimeout;
  call.stall = wait + kTimeout;
  call.stop = std::move(stop);
  SLUICE_TRY_ASSIGN(const auto response, client_.send(call));
  if (response.status != 200) {
    const auto fault = aws_fault(response);
    return Answer{{},
                  fault.code.empty() ? std::to_string(fault.status) : fault.code,
                  error_of(fault, action)};
  }
  Answer answer{json::parse(response.body.empty() ? "{}" : response.body, nullptr, false), "", {}};
  if (!answer.body.is_object()) {
    return fail(ErrorKind::unavailable, "bad_queue_answer", "The queue's answer makes no sense.");
  }
  return answer;
}

Result<json> SqsApi::call(std::string_view action, const json& request, seconds wait,
                          std::stop_token stop) {
  SLUICE_TRY_ASSIGN(Answer answer, ask(action, request, wait, std::move(stop)));
  if (answer.fault.empty()) return std::move(answer.body);
  if (is_sqs_queue_missing(answer.fault)) forget();
  return fail(std::move(answer.error));
}

Result<> SqsApi::settle(std::string_view action, const json& request) {
  SLUICE_TRY_ASSIGN(const Answer answer, ask(action, request));
  // With its queue a message is gone too.
  if (is_sqs_queue_missing(answer.fault)) {
    forget();
    return {};
  }
  if (answer.fault.empty() || is_sqs_handle_lost(answer.fault)) return {};
  return fail(answer.error);
}

Result<> SqsApi::connect() {
  SLUICE_TRY(url(SqsQueue::first));
  return {};
}

Result<std::vector<SqsMessage>> SqsApi::receive(SqsQueue queue, const SqsReceive& receive,
                                                std::stop_token stop) {
  SLUICE_TRY_ASSIGN(const auto url, this->url(queue));
  SLUICE_TRY_ASSIGN(const auto answer, call("ReceiveMessage", sqs_receive_request(url, receive),
                                            receive.wait, std::move(stop)));
  return sqs_messages(answer);
}

Result<> SqsApi::send(SqsQueue queue, const SqsOutgoing& message) {
  SLUICE_TRY_ASSIGN(const auto url, this->url(queue));
  SLUICE_TRY(call("SendMessage", sqs_send_request(url, message)));
  return {};
}

Result<> SqsApi::send(SqsQueue queue, std::span<const SqsOutgoing> messages) {
  if (messages.empty()) return {};
  SLUICE_TRY_ASSIGN(const auto url, this->url(queue));
  while (!messages.empty()) {
    const auto count = sqs_batch_size(messages);
    SLUICE_TRY_ASSIGN(const auto answer,
                      call("SendMessageBatch", sqs_send_batch_request(url, messages.first(count))));
    SLUICE_TRY(sqs_batch_result(answer));
    messages = messages.subspan(count);
  }
  return {};
}

Result<> SqsApi::remove(SqsQueue queue, const std::string& handle) {
  SLUICE_TRY_ASSIGN(const auto url, this->url(queue));
  return settle("DeleteMessage", {{"QueueUrl", url}, {"ReceiptHandle", handle}});
}

Result<> SqsApi::hide(SqsQueue queue, const std::string& handle, seconds time) {
  SLUICE_TRY_ASSIGN(const auto url, this->url(queue));
  return settle(
      "ChangeMessageVisibility",
      {{"QueueUrl", url}, {"ReceiptHandle", handle}, {"VisibilityTimeout", time.count()}});
}

Result<> SqsApi::show(SqsQueue queue, const std::vector<std::string>& handles) {
  SLUICE_TRY_ASSIGN(const auto url, this->url(queue));
  for (std::size_t at = 0; at < handles.size(); at += kSqsBatch) {
    json entries = json::array();
    for (std::size_t i = at; i < std::min(handles.size(), at + kSqsBatch); ++i) {
      entries.push_back(
          {{"Id", std::to_string(i)}, {"ReceiptHandle", handles[i]}, {"VisibilityTimeout", 0}});
    }
    SLUICE_TRY(
        call("ChangeMessageVisibilityBatch", {{"QueueUrl", url}, {"Entries", std::move(entries)}}));
  }
  return {};
}

Result<SqsCounts> SqsApi::count(SqsQueue queue) {
  SLUICE_TRY_ASSIGN(const auto url, this->url(queue));
  SLUICE_TRY_ASSIGN(const auto answer, call("GetQueueAttributes", sqs_counts_request(url)));
  return sqs_counts(answer);
}

Result<std::string> SqsApi::url(SqsQueue queue) {
  if (auto known = known_url(queue)) return *std::move(known);
  std::lock_guard connecting(connecting_);
  if (auto known = known_url(queue)) return *std::move(known);
  SLUICE_TRY_ASSIGN(const auto urls, find_or_make());
  std::lock_guard lock(mutex_);
  urls_ = urls;
  return urls.of(queue);
}

std::optional<std::string> SqsApi::known_url(SqsQueue queue) {
  std::lock_guard lock(mutex_);
  if (!urls_) return std::nullopt;
  return urls_->of(queue);
}

void SqsApi::forget() {
  std::lock_guard lock(mutex_);
  urls_.reset();
}

Result<SqsApi::Urls> SqsApi::find_or_make() {
  const auto name = [&](const char* suffix) { return options_.queue + suffix; };
  Urls urls;
  SLUICE_TRY_ASSIGN(auto dead, find(name("-dead")));
  if (!dead) {
    SLUICE_TRY_ASSIGN(dead, make_dead());
  }
  urls.dead = *dead;
  SLUICE_TRY_ASSIGN(auto first, find(name("-first")));
  if (!first) {
    SLUICE_TRY_ASSIGN(first, make_lane(name("-first"), urls.dead));
  }
  urls.first = *first;
  SLUICE_TRY_ASSIGN(auto rest, find(name("-rest")));
  if (!rest) {
    SLUICE_TRY_ASSIGN(rest, make_lane(name("-rest"), urls.dead));
  }
  urls.rest = *rest;
  return urls;
}

Result<std::optional<std::string>> SqsApi::find(const std::string& name) {
  SLUICE_TRY_ASSIGN(const Answer answer, ask("GetQueueUrl", {{"QueueName", name}}));
  if (answer.fault.empty()) return sqs_queue_url(answer.body);
  if (is_sqs_queue_missing(answer.fault)) return std::nullopt;
  return fail(answer.error);
}

Result<std::string> SqsApi::make_dead() {
  const auto name = options_.queue + "-dead";
  return make(name, sqs_create_request(name, options_.visibility_timeout, kRetention));
}

Result<std::string> SqsApi::make_lane(const std::string& name, const std::string& dead_url) {
  SLUICE_TRY_ASSIGN(const auto answer, call("GetQueueAttributes", sqs_arn_request(dead_url)));
  auto request = sqs_create_request(name, options_.visibility_timeout, kRetention);
  add_sqs_redrive(request, sqs_arn(answer), kMaxDeliveries);
  return make(name, request);
}

Result<std::string> SqsApi::make(const std::string& name, const json& request) {
  SLUICE_TRY_ASSIGN(const Answer answer, ask("CreateQueue", request));
  if (answer.fault.empty()) {
    log_info("queue created", {{"queue", name}});
    return sqs_queue_url(answer.body);
  }
  if (answer.error.kind == ErrorKind::denied) {
    return fail(ErrorKind::denied, "queue_missing",
                fmt::format("There is no SQS queue {} in {}, and these credentials may not create "
                            "it: create it, or allow sqs:CreateQueue.",
                            name, options_.region));
  }
  // Another process made it meanwhile, with other settings.
  SLUICE_TRY_ASSIGN(const auto url, find(name));
  if (url) return *url;
  return fail(answer.error);
}

}  // namespace sluice
