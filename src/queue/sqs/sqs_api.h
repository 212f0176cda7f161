// The calls of SQS that we use.
#pragma once

#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "aws/aws_client.h"
#include "queue/sqs/sqs_options.h"
#include "queue/sqs/sqs_protocol.h"

namespace sluice {

enum class SqsQueue { first, rest, dead };

// Finds the three queues when they are first needed, and makes those that are not there.
// Thread-safe. Transient faults are `unavailable`; `denied` names the queue and what is missing.
class SqsApi {
 public:
  SqsApi(AwsClient& client, const SqsOptions& options) : client_(client), options_(options) {}

  // Optional: the calls below do it too.
  Result<> connect();

  // Up to receive.wait; `stop` ends it early, and what SQS had in its hands for us just then stays
  // hidden for a while.
  Result<std::vector<SqsMessage>> receive(SqsQueue queue, const SqsReceive& receive,
                                          std::stop_token stop = {});
  Result<> send(SqsQueue queue, const SqsOutgoing& message);
  Result<> send(SqsQueue queue, std::span<const SqsOutgoing> messages);
  // These two succeed as well when the handle is not worth anything any more.
  Result<> remove(SqsQueue queue, const std::string& handle);
  Result<> hide(SqsQueue queue, const std::string& handle, std::chrono::seconds time);
  // As hide() for no time; some may fail without saying so.
  Result<> show(SqsQueue queue, const std::vector<std::string>& handles);
  Result<SqsCounts> count(SqsQueue queue);

 private:
  struct Urls {
    std::string first, rest, dead;
    const std::string& of(SqsQueue queue) const {
      return queue == SqsQueue::first ? first : queue == SqsQueue::rest ? rest : dead;
    }
  };
  // What SQS says of a call, or its fault's code.
  struct Answer {
    nlohmann::json body;
    std::string fault;
    Error error;
  };

  Result<Answer> ask(std::string_view action, const nlohmann::json& request,
                     std::chrono::seconds wait = {}, std::stop_token stop = {});
  Result<nlohmann::json> call(std::string_view action, const nlohmann::json& request,
                              std::chrono::seconds wait = {}, std::stop_token stop = {});
  Result<> settle(std::string_view action, const nlohmann::json& request);
  Result<std::string> url(SqsQueue queue);
  std::optional<std::string> known_url(SqsQueue queue);
  Result<Urls> find_or_make();
  Result<std::optional<std::string>> find(const std::string& name);
  Result<std::string> make(const std::string& name, const nlohmann::json& request);
  Result<std::string> make_dead();
  Result<std::string> make_lane(const std::string& name, const std::string& dead_url);
  void forget();

  AwsClient& client_;
  const SqsOptions options_;
  std::mutex connecting_;  // held while the queues are looked for; taken before mutex_
  std::mutex mutex_;
  std::optional<Urls> urls_;
};

}  // namespace sluice
