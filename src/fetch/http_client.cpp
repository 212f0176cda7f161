#include "fetch/http_client.h"

#include <algorithm>
#include <mutex>

#include "fetch/transfer.h"

namespace sluice {

std::string_view FetchResponse::header(std::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (key == name) return value;
  }
  return {};
}

// Transfers that rest between two requests, the one used last at the end.
class HttpClient::Impl {
 public:
  explicit Impl(HttpClientOptions options) : options_(std::move(options)) {}

  Result<FetchResponse> send(const FetchRequest& request) {
    SLUICE_TRY_ASSIGN(const auto target, parse_target(request.url));
    auto transfer = take(target.origin);
    auto response = transfer->run(request, target);
    give_back(target.origin, std::move(transfer));
    return response;
  }

 private:
  struct Idle {
    std::string origin;
    std::unique_ptr<Transfer> transfer;
  };

  std::unique_ptr<Transfer> take(const std::string& origin) {
    {
      std::lock_guard lock(mutex_);
      const auto fits = [&](const Idle& idle) { return idle.origin == origin; };
      const auto found = std::find_if(idle_.rbegin(), idle_.rend(), fits);
      if (found != idle_.rend()) {
        auto transfer = std::move(found->transfer);
        idle_.erase(std::next(found).base());
        return transfer;
      }
    }
    // It costs some megabytes, and many a process never sends a request.
    static const CURLcode ready = curl_global_init(CURL_GLOBAL_DEFAULT);
    (void)ready;
    return std::make_unique<Transfer>(options_);
  }

  void give_back(const std::string& origin, std::unique_ptr<Transfer> transfer) {
    std::unique_ptr<Transfer> surplus;  // closed outside the lock
    std::lock_guard lock(mutex_);
    idle_.push_back({origin, std::move(transfer)});
    if (idle_.size() > options_.idle_connections) {
      surplus = std::move(idle_.front().transfer);
      idle_.erase(idle_.begin());
    }
  }

  const HttpClientOptions options_;
  std::mutex mutex_;
  std::vector<Idle> idle_;
};

HttpClient::HttpClient(HttpClientOptions options)
    : impl_(std::make_unique<Impl>(std::move(options))) {}

HttpClient::~HttpClient() = default;

Result<FetchResponse> HttpClient::send(const FetchRequest& request) { return impl_->send(request); }

}  // namespace sluice
