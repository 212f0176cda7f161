#include "http/server.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "http/testing_client.h"

namespace sluice::http {
namespace {

using testing::Client;
using testing::MemorySource;
using testing::pattern_bytes;
using testing::RunningServer;
using testing::Signal;
using testing::TemporaryFile;

Response echo(const Request& request) {
  return Response::text(200, "text/plain", request.method + " " + request.body);
}

Router echoing() {
  Router router;
  router.add("GET", "/echo", echo);
  router.add("POST", "/echo", echo, {.max_body_bytes = 1000});
  router.add("GET", "/quick", echo, {.quick = true});
  router.add("POST", "/quick", echo, {.quick = true});
  return router;
}

Router serving(std::shared_ptr<const ByteSource> source, bool quick) {
  Router router;
  const auto serve = [source](const Request& request) {
    return serve_source(request, source, "tag", "video/mp4", "no-store");
  };
  router.add("GET", "/file", serve, {.quick = quick});
  return router;
}

std::string code_of(const testing::Reply& reply) {
  return nlohmann::json::parse(reply.body).value("code", "");
}

TEST(Server, KeepsAConnection) {
  RunningServer server(echoing());
  auto client = server.connect();
  for (const auto* path : {"/echo", "/quick", "/echo", "/nothing", "/quick"}) {
    const auto reply = client.get(path);
    EXPECT_EQ(reply.status, std::string_view(path) == "/nothing" ? 404 : 200);
    EXPECT_TRUE(reply.whole);
    EXPECT_FALSE(reply.headers.contains("connection"));
  }
}

TEST(Server, SendsTheHeadersThatAreAlwaysRight) {
  RunningServer server(echoing());
  auto client = server.connect();
  auto first = client.get("/echo");
  auto second = client.get("/nothing");
  EXPECT_EQ(first.headers["x-content-type-options"], "nosniff");
  EXPECT_EQ(first.headers["date"].size(), 29u);
  EXPECT_NE(first.headers["x-request-id"], "");
  EXPECT_NE(first.headers["x-request-id"], second.headers["x-request-id"]);
  EXPECT_EQ(second.headers["content-type"], "application/problem+json");
}

TEST(Server, AnswersPipelinedRequestsInOrder) {
  RunningServer server(echoing());
  auto client = server.connect();
  client.send(
      "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\none"
      "POST /quick HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\ntwo"
      "POST /none HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nnot"
      "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
      "2\r\nth\r\n3;x=y\r\nree\r\n0\r\nX-Trailer: 1\r\n\r\n"
      "GET /quick HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(client.read().body, "POST one");
  EXPECT_EQ(client.read().body, "POST two");
  EXPECT_EQ(client.read().status, 404);
  EXPECT_EQ(client.read().body, "POST three");
  EXPECT_EQ(client.read().body, "GET ");
}

TEST(Server, AnswersHeadWithoutABody) {
  RunningServer server(echoing());
  auto client = server.connect();
  auto reply = client.request("HEAD", "/echo");
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.headers["content-length"], "5");  // "HEAD "
  EXPECT_EQ(client.get("/echo").body, "GET ");
}

TEST(Server, SpeaksToOldClients) {
  RunningServer server(echoing());
  auto keeping = server.connect();
  keeping.send("GET /echo HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  EXPECT_EQ(keeping.read().headers["connection"], "keep-alive");
  keeping.send("GET /echo HTTP/1.0\r\n\r\n");
  EXPECT_EQ(keeping.read().headers["connection"], "close");
  EXPECT_TRUE(keeping.closed_by_server());
}

TEST(Server, ClosesWhenAsked) {
  RunningServer server(echoing());
  auto client = server.connect();
  EXPECT_EQ(client.get("/quick", "Connection: close\r\n").headers["connection"], "close");
  EXPECT_TRUE(client.closed_by_server());
}

TEST(Server, HidesWhyAHandlerThrew) {
  Router router;
  const auto throwing = [](const Request&) -> Response { throw std::runtime_error("secret"); };
  router.add("GET", "/slow", throwing);
  router.add("GET", "/quick", throwing, {.quick = true});
  RunningServer server(std::move(router));
  auto client = server.connect();
  for (const auto* path : {"/slow", "/quick"}) {
    const auto reply = client.get(path);
    EXPECT_EQ(reply.status, 500);
    EXPECT_EQ(code_of(reply), "internal_error");
    EXPECT_EQ(reply.body.find("secret"), std::string::npos);
  }
}

TEST(Server, TellsOfEachFinishedRequest) {
  RunningServer server(echoing());
  auto client = server.connect();
  auto reply = client.get("/echo?secret=1");
  const auto seen = server.access(0);
  EXPECT_EQ(seen.method, "GET");
  EXPECT_EQ(seen.pattern, "/echo");
  EXPECT_EQ(seen.path, "/echo");
  EXPECT_EQ(seen.status, 200);
  EXPECT_EQ(seen.request_id, reply.headers["x-request-id"]);
  EXPECT_GT(seen.bytes_sent, 100);
}

struct Delivery {
  bool file;
  bool quick;
  std::size_t size;
};

class ServerDelivers : public ::testing::TestWithParam<Delivery> {};

TEST_P(ServerDelivers, EveryByteOfAStoredObject) {
  const auto [file, quick, size] = GetParam();
  const auto bytes = pattern_bytes(size);
  std::shared_ptr<const ByteSource> source;
  if (file)
    source = std::make_shared<TemporaryFile>(bytes);
  else
    source = std::make_shared<MemorySource>(bytes);
  RunningServer server(serving(source, quick));
  auto client = server.connect();

  auto whole = client.get("/file");
  EXPECT_EQ(whole.status, 200);
  EXPECT_TRUE(whole.body == bytes);
  EXPECT_EQ(client.request("HEAD", "/file").headers["content-length"], std::to_string(size));
  auto part = client.get("/file", "Range: bytes=7-\r\n");
  EXPECT_EQ(part.status, 206);
  EXPECT_TRUE(part.body == bytes.substr(7));
  auto tail = client.get("/file", "Range: bytes=-500\r\n");
  EXPECT_TRUE(tail.body == bytes.substr(size - 500));
  EXPECT_EQ(client.get("/file", "If-None-Match: \"tag\"\r\n").status, 304);
  auto behind = client.get("/file", "Range: bytes=99999999-\r\n");
  EXPECT_EQ(behind.status, 416);
  EXPECT_EQ(behind.headers["content-range"], "bytes */" + std::to_string(size));
  EXPECT_EQ(code_of(behind), "range_not_satisfiable");
}

INSTANTIATE_TEST_SUITE_P(Sources, ServerDelivers,
                         ::testing::Values(Delivery{true, true, 1000}, Delivery{true, false, 1000},
                                           Delivery{true, true, 9'000'001},
                                           Delivery{true, false, 9'000'001},
                                           Delivery{false, false, 1000},
                                           Delivery{false, true, 3'000'001}));

TEST(Server, SurvivesAViewerWhoLeavesInTheMiddle) {
  const auto source = std::make_shared<TemporaryFile>(pattern_bytes(20'000'000));
  RunningServer server(serving(source, true));
  auto leaving = server.connect();
  leaving.send("GET /file HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_NE(leaving.read_some(), "");
  leaving.close();
  EXPECT_LT(server.access(0).bytes_sent, 20'000'000);
  EXPECT_EQ(server.connect().get("/file", "Range: bytes=0-9\r\n").status, 206);
}

// A source that can't keep what it promised.
class BrokenSource final : public ByteSource {
 public:
  std::int64_t size_bytes() const override { return 1000; }
  Result<std::size_t> read_at(std::int64_t, std::span<char>) const override {
    return fail(ErrorKind::unavailable, "gone", "The store doesn't answer.");
  }
};

TEST(Server, SaysSoWhenAStoredObjectCannotBeRead) {
  RunningServer server(serving(std::make_shared<BrokenSource>(), false));
  auto client = server.connect();
  const auto reply = client.get("/file");
  EXPECT_EQ(reply.status, 503);
  EXPECT_EQ(code_of(reply), "storage_unavailable");
}

TEST(Events, ArriveAsTheyHappenAndEndAfterTheLast) {
  Router router;
  router.add("GET", "/events", [](const Request&) {
    auto count = std::make_shared<int>(0);
    EventFeed feed;
    feed.interval = std::chrono::milliseconds{1};
    feed.poll = [count]() -> EventFeed::Poll {
      ++*count;
      if (*count == 2) return {"", false};
      return {"data: " + std::to_string(*count) + "\n\n", *count == 3};
    };
    Response response;
    response.body = feed;
    return response;
  });
  RunningServer server(std::move(router));
  auto client = server.connect();
  auto reply = client.get("/events");
  EXPECT_EQ(reply.headers["content-type"], "text/event-stream");
  EXPECT_EQ(reply.headers["cache-control"], "no-cache");
  EXPECT_EQ(reply.headers["x-accel-buffering"], "no");
  EXPECT_EQ(reply.body, "data: 1\n\ndata: 3\n\n");
  EXPECT_TRUE(reply.whole);
  EXPECT_EQ(client.request("HEAD", "/events").status, 200);
}

Router endless_events(std::shared_ptr<Signal> ended) {
  Router router;
  router.add("GET", "/events", [ended](const Request&) {
    const std::shared_ptr<void> guard(nullptr, [ended](void*) { ended->raise(); });
    EventFeed feed;
    feed.interval = std::chrono::milliseconds{1};
    feed.poll = [guard]() -> EventFeed::Poll { return {"data: x\n\n", false}; };
    Response response;
    response.body = feed;
    return response;
  });
  return router;
}

TEST(Events, EndWhenTheClientLeaves) {
  const auto ended = std::make_shared<Signal>();
  RunningServer server(endless_events(ended));
  auto client = server.connect();
  client.send("GET /events HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_NE(client.read_some(), "");
  client.close();
  EXPECT_TRUE(ended->wait());
}

TEST(Events, EndCleanlyWhenTheServerStops) {
  RunningServer server(endless_events(std::make_shared<Signal>()));
  auto client = server.connect();
  client.send("GET /events HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_NE(client.read_line(), "");
  std::thread stopping([&] { server.server().stop(std::chrono::seconds{10}); });
  std::string all;
  for (auto more = client.read_some(); !more.empty(); more = client.read_some()) all += more;
  EXPECT_TRUE(client.closed_by_server());
  stopping.join();
  EXPECT_TRUE(all.ends_with("\r\n0\r\n\r\n"));
}

TEST(Stop, LetsARequestInHandFinish) {
  Router router;
  Signal entered;
  Signal leave;
  router.add("GET", "/work", [&](const Request&) {
    entered.raise();
    leave.wait();
    return Response::text(200, "text/plain", "done");
  });
  RunningServer server(std::move(router));
  auto client = server.connect();
  auto idle = server.connect();
  client.send("GET /work HTTP/1.1\r\nHost: a\r\n\r\n");
  ASSERT_TRUE(entered.wait());
  std::thread stopping([&] { server.server().stop(std::chrono::seconds{10}); });
  EXPECT_TRUE(idle.closed_by_server());
  leave.raise();
  auto reply = client.read();
  stopping.join();
  EXPECT_EQ(reply.body, "done");
  EXPECT_EQ(reply.headers["connection"], "close");
  EXPECT_THROW(server.connect(), std::runtime_error);
}

TEST(Stop, ClosesStalledConnectionsAfterTheGrace) {
  const auto source = std::make_shared<TemporaryFile>(pattern_bytes(20'000'000));
  RunningServer server(serving(source, true));
  auto client = server.connect();
  client.send("GET /file HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_NE(client.read_line(), "");
  server.server().stop(std::chrono::milliseconds{50});
  EXPECT_FALSE(client.read().whole);
}

TEST(Bind, SaysWhatIsWrong) {
  Router router;
  const auto code = [&](std::string listen) {
    ServerOptions options;
    options.listen = std::move(listen);
    const auto server = Server::bind(options, router, {});
    return server ? "" : server.error().code;
  };
  RunningServer running(echoing());
  EXPECT_EQ(code("127.0.0.1:" + std::to_string(running.port())), "port_taken");
  for (const auto* bad : {"", "8080", "127.0.0.1", "127.0.0.1:", "127.0.0.1:99999", ":80",
                          "127.0.0.1:80a", "::1:80", "no such host:80", "203.0.113.1:0"}) {
    EXPECT_EQ(code(bad), "bad_listen_address") << bad;
  }
  EXPECT_EQ(code("localhost:0"), "");
}

TEST(Threads, ShareTheConnections) {
  ServerOptions options;
  options.io_threads = 3;
  RunningServer server(echoing(), options);
  std::vector<Client> clients;
  for (int at = 0; at < 9; ++at) clients.push_back(server.connect());
  for (auto& client : clients) EXPECT_EQ(client.get("/echo").status, 200);
  for (auto& client : clients) EXPECT_EQ(client.get("/quick").status, 200);
}

}  // namespace
}  // namespace sluice::http
