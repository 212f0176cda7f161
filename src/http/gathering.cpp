#include "http/gathering.h"

#include <algorithm>

#include "base/log.h"
#include "http/session.h"

namespace sluice::http {
namespace {

// While one call waits for the database, the answers of another are on their way out.
constexpr int kCallsSideBySide = 2;
constexpr std::size_t kLargestGroup = 64;

}  // namespace

// Not at once: other connections may have brought a request at the same time.
void Gathering::add(const Guest& guest) {
  waiting_.push_back(guest);
  if (about_to_start_ || at_work_ >= kCallsSideBySide) return;
  about_to_start_ = true;
  asio::post(executor_, [this] {
    about_to_start_ = false;
    start();
  });
}

void Gathering::start() {
  const auto count = static_cast<std::ptrdiff_t>(std::min(waiting_.size(), kLargestGroup));
  if (count == 0 || at_work_ >= kCallsSideBySide) return;
  ++at_work_;
  Group group(waiting_.begin(), waiting_.begin() + count);
  waiting_.erase(waiting_.begin(), waiting_.begin() + count);
  asio::post(pool_, [this, group = std::move(group)]() mutable {
    answer(group);
    asio::post(executor_, [this, group = std::move(group)] { end(group); });
  });
}

void Gathering::answer(const Group& group) const {
  std::vector<const Request*> requests;
  requests.reserve(group.size());
  for (const Guest& guest : group) requests.push_back(guest.request);
  std::vector<Response> responses;
  try {
    responses = handler_(requests);
  } catch (const std::exception& e) {
    log_error("request handler threw", {{"request_id", requests.front()->id}, {"error", e.what()}});
  }
  for (std::size_t at = 0; at < group.size(); ++at) {
    *group[at].response = at < responses.size() ? std::move(responses[at]) : internal_problem();
  }
}

void Gathering::end(const Group& group) {
  --at_work_;
  for (const Guest& guest : group) guest.call->end();
  start();
}

}  // namespace sluice::http
