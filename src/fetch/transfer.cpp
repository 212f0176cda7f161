#include "fetch/transfer.h"

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstdlib>

#include <fmt/format.h>
#include <sys/socket.h>

namespace sluice {
namespace {

constexpr std::size_t kMaxHeaderBytes = 256 * 1024;
constexpr long kReceiveBufferBytes = 128 * 1024;
constexpr std::chrono::milliseconds kLongestWait{1'000};

// Frees what libcurl's URL interface hands out.
struct CurlText {
  char* text = nullptr;
  ~CurlText() { curl_free(text); }
  std::string str() const { return text == nullptr ? "" : text; }
};

std::string part_of(CURLU* url, CURLUPart part, unsigned flags = 0) {
  CurlText text;
  curl_url_get(url, part, &text.text, flags);
  return text.str();
}

std::string lower(std::string_view text) {
  std::string result(text);
  std::ranges::transform(result, result.begin(), [](char c) {
    return static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  });
  return result;
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlank = " \t\r\n";
  const auto first = text.find_first_not_of(kBlank);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlank) - first + 1);
}

bool is_one_line(std::string_view text) {
  return text.find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos;
}

Error unavailable(const char* code, std::string message) {
  return {ErrorKind::unavailable, code, std::move(message)};
}

Error timed_out(const FetchTarget& target) {
  return unavailable("timed_out", fmt::format("{} did not answer in time.", target.host));
}

Error error_of(CURLcode code, const FetchTarget& target) {
  switch (code) {
    case CURLE_URL_MALFORMAT:
    case CURLE_UNSUPPORTED_PROTOCOL:
      return {ErrorKind::invalid, "bad_url", "This is not an http or https URL."};
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
      return unavailable("unreachable", fmt::format("The name {} is not known.", target.host));
    case CURLE_OPERATION_TIMEDOUT: return timed_out(target);
    case CURLE_GOT_NOTHING:
    case CURLE_PARTIAL_FILE:
    case CURLE_RECV_ERROR:
    case CURLE_SEND_ERROR:
    case CURLE_WEIRD_SERVER_REPLY:
      return unavailable("cut_off",
                         fmt::format("The connection to {} ended before its answer.", target.host));
    default:
      return unavailable("unreachable", fmt::format("{} can't be reached: {}.", target.host,
                                                    curl_easy_strerror(code)));
  }
}

}  // namespace

struct Transfer::Answer {
  FetchResponse response;
  std::size_t limit = 0;
  std::size_t header_bytes = 0;
  bool too_large = false;
};

struct Transfer::HeaderList {
  curl_slist* list = nullptr;
  ~HeaderList() { curl_slist_free_all(list); }
  void add(const std::string& line) { list = curl_slist_append(list, line.c_str()); }

  Result<> fill(const FetchRequest& request) {
    bool has_type = false;
    for (const auto& [name, value] : request.headers) {
      if (name.empty() || !is_one_line(name) || !is_one_line(value)) {
        return fail(ErrorKind::invalid, "bad_header", "A header of the request is malformed.");
      }
      // libcurl's way to send a header without a value.
      add(value.empty() ? name + ";" : name + ": " + value);
      has_type = has_type || lower(name) == "content-type";
    }
    // What libcurl would add of its own accord.
    if (!has_type) add("Content-Type:");
    add("Expect:");
    return {};
  }
};

Result<FetchTarget> parse_target(const std::string& url) {
  const std::unique_ptr<CURLU, void (*)(CURLU*)> parsed(curl_url(), curl_url_cleanup);
  const bool fits =
      is_one_line(url) && curl_url_set(parsed.get(), CURLUPART_URL, url.c_str(), 0) == CURLUE_OK;
  const auto scheme = fits ? part_of(parsed.get(), CURLUPART_SCHEME) : "";
  if (scheme != "http" && scheme != "https") {
    return fail(error_of(CURLE_URL_MALFORMAT, {}));
  }
  FetchTarget target;
  target.host = part_of(parsed.get(), CURLUPART_HOST);
  target.origin = fmt::format("{}://{}:{}", scheme, target.host,
                              part_of(parsed.get(), CURLUPART_PORT, CURLU_DEFAULT_PORT));
  return target;
}

Transfer::Transfer(const HttpClientOptions& options)
    : options_(options), multi_(curl_multi_init()), easy_(curl_easy_init()) {
  curl_multi_setopt(multi_, CURLMOPT_MAXCONNECTS, 1L);
}

Transfer::~Transfer() {
  curl_easy_cleanup(easy_);
  curl_multi_cleanup(multi_);
}

Result<FetchResponse> Transfer::run(const FetchRequest& request, const FetchTarget& target) {
  HeaderList headers;
  SLUICE_TRY(headers.fill(request));
  Answer answer;
  answer.limit = request.max_response_bytes;
  address_refused_ = false;
  set_up(request, headers, answer);
  curl_multi_add_handle(multi_, easy_);
  const auto ended = drive(request, target);
  curl_multi_remove_handle(multi_, easy_);
  // Nothing of this request is kept, above all no pointer to it.
  curl_easy_reset(easy_);
  if (!ended) return fail(ended.error());
  if (*ended == CURLE_OK) return std::move(answer.response);
  if (answer.too_large) {
    return fail(ErrorKind::too_large, "response_too_large",
                fmt::format("The answer of {} is longer than expected.", target.host));
  }
  if (address_refused_) {
    return fail(ErrorKind::denied, "address_refused",
                fmt::format("{} has an address that may not be called.", target.host));
  }
  return fail(error_of(*ended, target));
}

void Transfer::set_up(const FetchRequest& request, const HeaderList& headers, Answer& answer) {
  const auto set = [this](CURLoption option, auto value) {
    curl_easy_setopt(easy_, option, value);
  };
  set(CURLOPT_PROTOCOLS_STR, "http,https");
  set(CURLOPT_URL, request.url.c_str());
  set(CURLOPT_PATH_AS_IS, 1L);  // what was signed is what is sent
  set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  set(CURLOPT_FOLLOWLOCATION, 0L);
  set(CURLOPT_NOSIGNAL, 1L);
  // A name server that does not answer must not hold up a call that was stopped.
  set(CURLOPT_QUICK_EXIT, 1L);
  set(CURLOPT_TCP_KEEPALIVE, 1L);
  set(CURLOPT_BUFFERSIZE, kReceiveBufferBytes);
  set(CURLOPT_USERAGENT, options_.user_agent.c_str());
  set(CURLOPT_HTTPHEADER, headers.list);
  set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(request.connect_timeout.count()));
  set(CURLOPT_TIMEOUT_MS, static_cast<long>(request.timeout.count()));
  set(CURLOPT_WRITEFUNCTION, &Transfer::take_body);
  set(CURLOPT_WRITEDATA, &answer);
  set(CURLOPT_HEADERFUNCTION, &Transfer::take_header);
  set(CURLOPT_HEADERDATA, &answer);
  set(CURLOPT_OPENSOCKETFUNCTION, &Transfer::open_socket);
  set(CURLOPT_OPENSOCKETDATA, this);
  set_method(request);
  set_proxies();
}

void Transfer::set_method(const FetchRequest& request) {
  const auto set = [this](CURLoption option, auto value) {
    curl_easy_setopt(easy_, option, value);
  };
  const auto& method = request.method;
  if (method == "HEAD") {
    set(CURLOPT_NOBODY, 1L);
    return;
  }
  // These announce a length even when there is nothing to send.
  const bool sends =
      method == "PUT" || method == "POST" || method == "PATCH" || !request.body.empty();
  if (sends) {
    set(CURLOPT_POSTFIELDS, request.body.empty() ? "" : request.body.data());
    set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
  }
  set(CURLOPT_CUSTOMREQUEST, method.c_str());
}

void Transfer::set_proxies() {
  if (!options_.use_proxies || options_.allow_address) {
    curl_easy_setopt(easy_, CURLOPT_NOPROXY, "*");
    return;
  }
  std::string direct = "localhost,127.0.0.0/8,::1";
  for (const char* name : {"no_proxy", "NO_PROXY"}) {
    if (const char* more = std::getenv(name)) direct += std::string(",") + more;
  }
  curl_easy_setopt(easy_, CURLOPT_NOPROXY, direct.c_str());
}

Result<CURLcode> Transfer::drive(const FetchRequest& request, const FetchTarget& target) {
  const std::stop_callback wake(request.stop, [this] { curl_multi_wakeup(multi_); });
  auto moved = bytes_moved();
  auto moved_at = Clock::now();
  while (true) {
    int running = 0;
    curl_multi_perform(multi_, &running);
    int left = 0;
    if (const CURLMsg* message = curl_multi_info_read(multi_, &left)) return message->data.result;
    if (running == 0) return CURLE_RECV_ERROR;
    if (request.stop.stop_requested()) {
      return fail(ErrorKind::canceled, "canceled", "The request was stopped.");
    }
    const auto now = Clock::now();
    if (const auto total = bytes_moved(); total != moved) {
      moved = total;
      moved_at = now;
    }
    const auto quiet = std::chrono::duration_cast<std::chrono::milliseconds>(now - moved_at);
    if (quiet >= request.stall) return fail(timed_out(target));
    const auto wait = std::min(request.stall - quiet, kLongestWait);
    curl_multi_poll(multi_, nullptr, 0, static_cast<int>(wait.count()), nullptr);
  }
}

std::int64_t Transfer::bytes_moved() const {
  curl_off_t down = 0, up = 0;
  curl_easy_getinfo(easy_, CURLINFO_SIZE_DOWNLOAD_T, &down);
  curl_easy_getinfo(easy_, CURLINFO_SIZE_UPLOAD_T, &up);
  long headers = 0;
  curl_easy_getinfo(easy_, CURLINFO_HEADER_SIZE, &headers);
  return down + up + headers;
}

std::size_t Transfer::take_body(char* bytes, std::size_t size, std::size_t count, void* data) {
  auto& answer = *static_cast<Answer*>(data);
  const std::size_t length = size * count;
  auto& body = answer.response.body;
  if (length > answer.limit - body.size()) {
    answer.too_large = true;
    return 0;
  }
  body.append(bytes, length);
  return length;
}

std::size_t Transfer::take_header(char* bytes, std::size_t size, std::size_t count, void* data) {
  auto& answer = *static_cast<Answer*>(data);
  auto& response = answer.response;
  const std::string_view line(bytes, size * count);
  answer.header_bytes += line.size();
  if (answer.header_bytes > kMaxHeaderBytes) {
    answer.too_large = true;
    return 0;
  }
  if (line.starts_with("HTTP/")) {
    // After an interim answer (100 Continue) the real one begins anew.
    response.headers.clear();
    const auto space = line.find(' ');
    response.status = space == std::string_view::npos ? 0 : std::atoi(bytes + space + 1);
  } else if (const auto colon = line.find(':'); colon != std::string_view::npos) {
    response.headers.emplace_back(lower(line.substr(0, colon)), trimmed(line.substr(colon + 1)));
  }
  return line.size();
}

curl_socket_t Transfer::open_socket(void* self, curlsocktype, curl_sockaddr* address) {
  auto& transfer = *static_cast<Transfer*>(self);
  const auto& allow = transfer.options_.allow_address;
  if (allow && !allow(address->addr)) {
    transfer.address_refused_ = true;
    return CURL_SOCKET_BAD;
  }
  // No child process inherits it.
  return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

}  // namespace sluice
