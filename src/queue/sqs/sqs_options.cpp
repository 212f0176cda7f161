#include "queue/sqs/sqs_options.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/encoding.h"

namespace sluice {
namespace {

constexpr std::string_view kScheme = "sqs://";
constexpr std::string_view kEndpoint = "endpoint=";
constexpr std::size_t kMaxName = 80 - std::string_view("-first").size();

bool is_name(std::string_view text, std::size_t longest) {
  return !text.empty() && text.size() <= longest && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_';
  });
}

// SCHEME://HOST[:PORT] and no more: the protocol has one path.
bool is_endpoint(std::string_view text) {
  const auto slashes = text.find("://");
  if (!text.starts_with("http://") && !text.starts_with("https://")) return false;
  const auto host = text.substr(slashes + 3);
  return !host.empty() && host.find_first_of(" /?#@\"") == std::string_view::npos;
}

std::string default_endpoint(std::string_view region) {
  return fmt::format("https://sqs.{}.amazonaws.com{}", region,
                     region.starts_with("cn-") ? ".cn" : "");
}

tl::unexpected<Error> bad_url(std::string what) {
  return fail(ErrorKind::invalid, "bad_queue_url", std::move(what));
}

}  // namespace

Result<SqsOptions> parse_sqs_url(std::string_view url) {
  if (!url.starts_with(kScheme)) return bad_url("expected sqs://REGION/QUEUE");
  url.remove_prefix(kScheme.size());
  const auto question = std::min(url.find('?'), url.size());
  const auto place = url.substr(0, question);
  const auto slash = std::min(place.find('/'), place.size());
  SqsOptions options;
  options.region = place.substr(0, slash);
  options.queue = place.substr(std::min(slash + 1, place.size()));
  options.endpoint = default_endpoint(options.region);
  if (!is_name(options.region, 40)) {
    return bad_url("expected sqs://REGION/QUEUE with a region as eu-central-1");
  }
  if (!is_name(options.queue, kMaxName)) {
    return bad_url(fmt::format(
        "expected sqs://REGION/QUEUE with a name of letters, digits, - and _, at most {}",
        kMaxName));
  }
  if (question == url.size()) return options;
  const auto query = url.substr(question + 1);
  const auto endpoint = query.starts_with(kEndpoint)
                            ? percent_decode(query.substr(kEndpoint.size()))
                            : std::optional<std::string>{};
  if (!endpoint || !is_endpoint(*endpoint)) {
    return bad_url("after sqs://REGION/QUEUE only ?endpoint=http(s)://HOST[:PORT] is known");
  }
  options.endpoint = *endpoint;
  return options;
}

}  // namespace sluice
