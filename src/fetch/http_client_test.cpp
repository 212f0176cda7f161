#include "fetch/http_client.h"

#include <atomic>
#include <cstring>
#include <thread>

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "base/unique_fd.h"
#include "http/testing_client.h"

namespace sluice {
namespace {

using http::Request;
using http::Response;
using http::Router;
using http::testing::pattern_bytes;
using http::testing::RunningServer;
using http::testing::Signal;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

std::string url_of(int port, std::string_view path) {
  return "http://127.0.0.1:" + std::to_string(port) + std::string(path);
}

FetchRequest get(std::string url) {
  FetchRequest request;
  request.url = std::move(url);
  return request;
}

template <class T>
std::string code_of(const Result<T>& result) {
  return result ? "success" : result.error().code;
}

// Takes connections on a free port and does with each what no proper server would.
class OddServer {
 public:
  explicit OddServer(std::function<void(int socket)> serve)
      : listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    ::bind(listener_.get(), reinterpret_cast<sockaddr*>(&address), length);
    ::listen(listener_.get(), 8);
    ::getsockname(listener_.get(), reinterpret_cast<sockaddr*>(&address), &length);
    port_ = ntohs(address.sin_port);
    thread_ = std::jthread([this, serve = std::move(serve)] {
      while (true) {
        const UniqueFd socket(::accept(listener_.get(), nullptr, nullptr));
        if (!socket) return;
        ++connections_;
        serve(socket.get());
      }
    });
  }
  ~OddServer() { ::shutdown(listener_.get(), SHUT_RDWR); }

  std::string url() const { return url_of(port_, "/x?X-Amz-Signature=secret"); }
  int connections() const { return connections_; }

 private:
  UniqueFd listener_;
  int port_ = 0;
  std::atomic<int> connections_ = 0;
  std::jthread thread_;
};

void read_head(int socket) {
  std::string head;
  char c;
  while (!head.ends_with("\r\n\r\n") && ::recv(socket, &c, 1, 0) == 1) head += c;
}

void say(int socket, std::string_view text) {
  (void)!::send(socket, text.data(), text.size(), MSG_NOSIGNAL);
}

void wait_for_close(int socket) {
  char c;
  while (::recv(socket, &c, 1, 0) > 0) {
  }
}

Router echoing() {
  Router router;
  const auto echo = [](const Request& request) {
    auto response = Response::text(200, "text/plain", request.method + " " + request.body);
    response.set("X-Seen-Type", std::string(request.header("content-type")));
    response.set("X-Seen-Agent", std::string(request.header("user-agent")));
    response.set("X-Seen-Mark", std::string(request.header("x-mark")));
    response.set("X-Seen-Length", std::to_string(request.content_length));
    return response;
  };
  for (const auto* method : {"GET", "PUT", "POST", "DELETE"}) {
    router.add(method, "/echo", echo, {.max_body_bytes = 8 << 20});
  }
  router.add("GET", "/moved", [](const Request&) {
    auto response = Response::empty(302);
    response.set("Location", "/echo");
    return response;
  });
  router.add("GET", "/long", [](const Request&) {
    return Response::text(200, "text/plain", pattern_bytes(1'000'000));
  });
  return router;
}

TEST(HttpClient, SendsEveryMethodWithItsBodyAndHeaders) {
  RunningServer server(echoing());
  HttpClient client;
  const std::string large = pattern_bytes(3'000'001);
  for (const auto* method : {"GET", "PUT", "POST", "DELETE"}) {
    auto request = get(url_of(server.port(), "/echo"));
    request.method = method;
    request.headers = {{"X-Mark", "a b"}};
    const bool has_body = request.method == "PUT" || request.method == "POST";
    if (has_body) request.body = large;
    const auto response = client.send(request);
    ASSERT_TRUE(response) << response.error().message;
    EXPECT_EQ(response->status, 200);
    EXPECT_EQ(response->body, request.method + " " + (has_body ? large : ""));
    EXPECT_EQ(response->header("x-seen-mark"), "a b");
    EXPECT_EQ(response->header("x-seen-type"), "") << "nothing that wasn't asked for";
    EXPECT_TRUE(response->header("x-seen-agent").starts_with("Sluice/"));
  }
}

TEST(HttpClient, AnnouncesTheLengthOfAnEmptyBody) {
  RunningServer server(echoing());
  HttpClient client;
  auto request = get(url_of(server.port(), "/echo"));
  request.method = "PUT";
  EXPECT_EQ(client.send(request)->header("x-seen-length"), "0");
}

TEST(HttpClient, AsksForTheHeadAlone) {
  RunningServer server(echoing());
  HttpClient client;
  auto request = get(url_of(server.port(), "/long"));
  request.method = "HEAD";
  const auto response = client.send(request);
  ASSERT_TRUE(response);
  EXPECT_EQ(response->header("content-length"), "1000000");
  EXPECT_EQ(response->body, "");
}

TEST(HttpClient, TakesAnyStatusAsAnAnswerAndFollowsNothing) {
  RunningServer server(echoing());
  HttpClient client;
  const auto moved = client.send(get(url_of(server.port(), "/moved")));
  ASSERT_TRUE(moved);
  EXPECT_EQ(moved->status, 302);
  EXPECT_EQ(moved->header("location"), "/echo");
  EXPECT_EQ(client.send(get(url_of(server.port(), "/nothing")))->status, 404);
}

TEST(HttpClient, KeepsItsConnection) {
  OddServer server([](int socket) {
    for (int i = 0; i < 3; ++i) {
      read_head(socket);
      say(socket, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    }
    wait_for_close(socket);
  });
  HttpClient client;
  for (int i = 0; i < 3; ++i) EXPECT_EQ(client.send(get(server.url()))->body, "ok");
  EXPECT_EQ(server.connections(), 1);
}

TEST(HttpClient, OpensAnotherConnectionWhenTheKeptOneIsClosed) {
  OddServer server([](int socket) {
    read_head(socket);
    say(socket, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
  });
  HttpClient client;
  for (int i = 0; i < 5; ++i) {
    const auto response = client.send(get(server.url()));
    ASSERT_TRUE(response) << response.error().message;
  }
  EXPECT_EQ(server.connections(), 5);
}

TEST(HttpClient, SendsSideBySide) {
  std::atomic<int> waiting = 0;
  Signal all_here;
  Router router;
  router.add("GET", "/wait", [&](const Request&) {
    if (++waiting == 4) all_here.raise();
    return Response::text(all_here.wait() ? 200 : 500, "text/plain", "");
  });
  RunningServer server(std::move(router));
  HttpClient client;
  std::vector<std::jthread> threads;
  std::atomic<int> good = 0;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      const auto response = client.send(get(url_of(server.port(), "/wait")));
      good += response && response->status == 200;
    });
  }
  threads.clear();
  EXPECT_EQ(good, 4);
}

TEST(HttpClient, RefusesWhatIsNoWebAddress) {
  HttpClient client;
  for (const auto* url : {"", "example.com", "file:///etc/passwd", "ftp://127.0.0.1/", "http://",
                          "http://a b/", "gopher://127.0.0.1:1/", "http://127.0.0.1:1/\r\nX: y"}) {
    const auto response = client.send(get(url));
    ASSERT_FALSE(response) << url;
    EXPECT_EQ(response.error().code, "bad_url") << url;
    EXPECT_EQ(response.error().kind, ErrorKind::invalid) << url;
  }
}

TEST(HttpClient, RefusesHeadersOfMoreThanOneLine) {
  HttpClient client;
  auto request = get("http://127.0.0.1:1/");
  request.headers = {{"X-Mark", "a\r\nX-Other: b"}};
  EXPECT_EQ(code_of(client.send(request)), "bad_header");
}

TEST(HttpClient, SaysThatNobodyListens) {
  int port = 0;
  { port = RunningServer(echoing()).port(); }
  HttpClient client;
  const auto response = client.send(get(url_of(port, "/?X-Amz-Signature=secret")));
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().kind, ErrorKind::unavailable);
  EXPECT_EQ(response.error().code, "unreachable");
  EXPECT_NE(response.error().message.find("127.0.0.1"), std::string::npos);
  EXPECT_EQ(response.error().message.find("secret"), std::string::npos);
}

TEST(HttpClient, SaysThatANameIsNotKnown) {
  HttpClient client;
  EXPECT_EQ(code_of(client.send(get("http://nothing.invalid/"))), "unreachable");
}

TEST(HttpClient, AsksBeforeItConnectsToAnAddress) {
  RunningServer server(echoing());
  std::atomic<int> asked = 0;
  HttpClient client({.allow_address = [&](const sockaddr& address) {
    ++asked;
    return address.sa_family != AF_INET;
  }});
  for (const std::string host : {"127.0.0.1", "localhost"}) {
    const auto response =
        client.send(get("http://" + host + ":" + std::to_string(server.port()) + "/echo"));
    ASSERT_FALSE(response);
    EXPECT_EQ(response.error().kind, ErrorKind::denied);
    EXPECT_EQ(response.error().code, "address_refused");
  }
  EXPECT_GE(asked, 2);
  HttpClient open({.allow_address = [](const sockaddr&) { return true; }});
  EXPECT_TRUE(open.send(get(url_of(server.port(), "/echo"))));
}

TEST(HttpClient, TakesNoMoreThanItWasTold) {
  RunningServer server(echoing());
  HttpClient client;
  auto request = get(url_of(server.port(), "/long"));
  request.max_response_bytes = 999'999;
  const auto response = client.send(request);
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().kind, ErrorKind::too_large);
  EXPECT_EQ(response.error().code, "response_too_large");
  request.max_response_bytes = 1'000'000;
  EXPECT_EQ(client.send(request)->body.size(), 1'000'000u);
}

TEST(HttpClient, NoticesAnAnswerThatEndsEarly) {
  for (const auto* answer : {"", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf",
                             "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel"}) {
    OddServer server([answer](int socket) {
      read_head(socket);
      say(socket, answer);
    });
    HttpClient client;
    const auto response = client.send(get(server.url()));
    ASSERT_FALSE(response) << answer;
    EXPECT_EQ(response.error().kind, ErrorKind::unavailable) << answer;
    EXPECT_EQ(response.error().code, "cut_off") << answer;
  }
}

TEST(HttpClient, GivesUpOnSilence) {
  OddServer server([](int socket) {
    read_head(socket);
    say(socket, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
    wait_for_close(socket);
  });
  HttpClient client;
  auto request = get(server.url());
  request.stall = milliseconds{150};
  const auto start = steady_clock::now();
  EXPECT_EQ(code_of(client.send(request)), "timed_out");
  EXPECT_GE(steady_clock::now() - start, milliseconds{150});
  EXPECT_LT(steady_clock::now() - start, milliseconds{1'500});
}

TEST(HttpClient, GivesUpAfterItsTimeWhateverComes) {
  OddServer server([](int socket) {
    read_head(socket);
    say(socket, "HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n");
    // One byte every few milliseconds: never silent, never done.
    timeval pause{0, 5'000};
    ::setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &pause, sizeof pause);
    char c;
    while (::send(socket, "x", 1, MSG_NOSIGNAL) == 1 && ::recv(socket, &c, 1, 0) != 0) {
    }
  });
  HttpClient client;
  auto request = get(server.url());
  request.timeout = milliseconds{200};
  EXPECT_EQ(code_of(client.send(request)), "timed_out");
}

TEST(HttpClient, StopsAtOnceWhenTold) {
  Signal asked;
  OddServer server([&](int socket) {
    read_head(socket);
    asked.raise();
    wait_for_close(socket);
  });
  HttpClient client;
  std::stop_source stop;
  auto request = get(server.url());
  request.stop = stop.get_token();
  std::jthread stopper([&] {
    asked.wait();
    stop.request_stop();
  });
  const auto start = steady_clock::now();
  const auto response = client.send(request);
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().kind, ErrorKind::canceled);
  EXPECT_LT(steady_clock::now() - start, milliseconds{500});
  EXPECT_EQ(code_of(client.send(request)), "canceled") << "stopped before it began";
}

TEST(HttpClient, SkipsAnInterimAnswer) {
  OddServer server([](int socket) {
    read_head(socket);
    say(socket,
        "HTTP/1.1 100 Continue\r\nX-Interim: yes\r\n\r\n"
        "HTTP/1.1 201 Created\r\nETag:  \"a\" \r\nContent-Length: 0\r\n\r\n");
  });
  HttpClient client;
  const auto response = client.send(get(server.url()));
  ASSERT_TRUE(response);
  EXPECT_EQ(response->status, 201);
  EXPECT_EQ(response->header("etag"), "\"a\"");
  EXPECT_EQ(response->header("x-interim"), "");
}

}  // namespace
}  // namespace sluice
