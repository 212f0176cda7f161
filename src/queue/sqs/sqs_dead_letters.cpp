#include "queue/sqs/sqs_dead_letters.h"

#include <algorithm>

#include "base/log.h"

namespace sluice {
namespace {

// For as long as one look at all of them may take.
constexpr std::chrono::seconds kLook{60};
constexpr std::size_t kMost = 20'000;
constexpr std::size_t kMaxReason = 1'000;

DeadLetter letter_of(SqsMessage message) {
  DeadLetter letter;
  letter.id = std::move(message.id);
  letter.body = std::move(message.body);
  letter.published_at = message.published_at;
  // What SQS moved here itself doesn't say why, and has been handed out that often.
  const bool moved = message.reason.empty();
  letter.reason = moved ? std::string{kDeliveredTooOften} : std::move(message.reason);
  letter.deliveries = message.earlier_deliveries + (moved ? kMaxDeliveries : 0);
  return letter;
}

}  // namespace

Result<std::vector<DeadLetter>> SqsDeadLetters::list(int limit) {
  SLUICE_TRY_ASSIGN(auto messages, take_all());
  put_back(messages);
  std::vector<DeadLetter> letters;
  for (SqsMessage& message : messages) letters.push_back(letter_of(std::move(message)));
  std::ranges::stable_sort(letters, {}, &DeadLetter::published_at);
  if (letters.size() > static_cast<std::size_t>(std::max(0, limit))) {
    letters.resize(static_cast<std::size_t>(std::max(0, limit)));
  }
  return letters;
}

Result<> SqsDeadLetters::remove(std::string_view id) {
  SLUICE_TRY_ASSIGN(auto messages, take_all());
  const auto found = std::ranges::find(messages, id, &SqsMessage::id);
  if (found == messages.end()) {
    put_back(messages);
    return dead_letter_not_found();
  }
  const auto handle = found->handle;
  messages.erase(found);
  put_back(messages);
  return api_.remove(SqsQueue::dead, handle);
}

Result<> SqsDeadLetters::add(std::string_view body, int deliveries, std::string_view reason,
                             Timestamp published_at) {
  SqsOutgoing letter;
  letter.body = body;
  letter.deliveries = deliveries;
  letter.published_at = published_at;
  letter.reason = reason.empty() ? "rejected" : sqs_text(reason, kMaxReason);
  return api_.send(SqsQueue::dead, letter);
}

Result<std::vector<SqsMessage>> SqsDeadLetters::take_all() {
  std::vector<SqsMessage> all;
  while (all.size() < kMost) {
    auto some = api_.receive(SqsQueue::dead, {static_cast<int>(kSqsBatch), wait_, kLook});
    if (!some) {
      put_back(all);
      return some;
    }
    if (some->empty()) break;
    std::ranges::move(*some, std::back_inserter(all));
  }
  return all;
}

void SqsDeadLetters::put_back(const std::vector<SqsMessage>& messages) {
  std::vector<std::string> handles;
  for (const SqsMessage& message : messages) handles.push_back(message.handle);
  if (const auto done = api_.show(SqsQueue::dead, handles); !done) {
    log_warn("dead letters stay hidden for a minute", {{"error", done.error().code}});
  }
}

}  // namespace sluice
