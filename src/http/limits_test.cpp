// What bad and slow clients get.
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "http/server.h"
#include "http/testing_client.h"

namespace sluice::http {
namespace {

using std::chrono::milliseconds;
using testing::pattern_bytes;
using testing::RunningServer;
using testing::TemporaryFile;

Response echo(const Request& request) { return Response::text(200, "text/plain", request.body); }

Router echoing() {
  Router router;
  router.add("GET", "/", echo);
  router.add("POST", "/", echo, {.max_body_bytes = 1000});
  router.add("GET", "/files/*name", [](const Request& request) {
    return Response::text(200, "text/plain", std::string(request.param("name")));
  });
  return router;
}

struct Refusal {
  std::string name;
  std::string bytes;
  int status;
  std::string code;
};

class Refuses : public ::testing::TestWithParam<Refusal> {};

TEST_P(Refuses, WithAProblem) {
  RunningServer server(echoing());
  auto client = server.connect();
  client.send(GetParam().bytes);
  auto reply = client.read();
  EXPECT_EQ(reply.status, GetParam().status);
  EXPECT_EQ(reply.headers["content-type"], "application/problem+json");
  EXPECT_EQ(nlohmann::json::parse(reply.body).value("code", ""), GetParam().code);
  EXPECT_EQ(server.connect().get("/").status, 200);
}

std::string post(std::string_view headers, std::string_view body = "") {
  return fmt::format("POST / HTTP/1.1\r\nHost: a\r\n{}\r\n{}", headers, body);
}

INSTANTIATE_TEST_SUITE_P(
    BadRequests, Refuses,
    ::testing::Values(
        Refusal{"NotHttp", "hello\r\n\r\n", 400, "malformed_request"},
        Refusal{"BinaryNoise", std::string("\x16\x03\x01\x02\x00\r\n\r\n", 9), 400,
                "malformed_request"},
        Refusal{"OtherVersion", "GET / HTTP/2.0\r\nHost: a\r\n\r\n", 400, "malformed_request"},
        Refusal{"NoHost", "GET / HTTP/1.1\r\n\r\n", 400, "malformed_request"},
        Refusal{"TwoHosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400,
                "malformed_request"},
        Refusal{"SpaceBeforeColon", "GET / HTTP/1.1\r\nHost : a\r\n\r\n", 400, "malformed_request"},
        Refusal{"NulInHeader", std::string("GET / HTTP/1.1\r\nHost: a\0b\r\n\r\n", 29), 400,
                "malformed_request"},
        Refusal{"BadEscapeInQuery", "GET /?a=%zz HTTP/1.1\r\nHost: a\r\n\r\n", 400,
                "malformed_request"},
        Refusal{"Authority", "CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n", 400, "malformed_request"},
        Refusal{"LargeHeader",
                "GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(20'000, 'x') + "\r\n\r\n", 431,
                "header_too_large"},
        Refusal{"LongTarget", "GET /" + std::string(20'000, 'x') + " HTTP/1.1\r\nHost: a\r\n\r\n",
                431, "header_too_large"},
        Refusal{"UnknownPath", "GET /none HTTP/1.1\r\nHost: a\r\n\r\n", 404, "not_found"},
        Refusal{"OtherMethod", "PUT / HTTP/1.1\r\nHost: a\r\n\r\n", 405, "method_not_allowed"},
        Refusal{"Announced", post("Content-Length: 1001\r\n"), 413, "body_too_large"},
        Refusal{"HugeLength", post("Content-Length: 18446744073709551615\r\n"), 413,
                "body_too_large"},
        Refusal{"NegativeLength", post("Content-Length: -1\r\n"), 400, "malformed_request"},
        Refusal{"TwoLengths", post("Content-Length: 1\r\nContent-Length: 2\r\n", "ab"), 400,
                "malformed_request"},
        Refusal{"LengthAndChunked",
                post("Content-Length: 1\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"), 400,
                "malformed_request"},
        Refusal{"OtherCoding", post("Transfer-Encoding: gzip, chunked\r\n"), 501,
                "unknown_transfer_coding"},
        Refusal{"ChunkedOverLimit",
                post("Transfer-Encoding: chunked\r\n",
                     "3e9\r\n" + std::string(1001, 'x') + "\r\n0\r\n\r\n"),
                413, "body_too_large"},
        Refusal{"BadChunk", post("Transfer-Encoding: chunked\r\n", "zz\r\nxx\r\n0\r\n\r\n"), 400,
                "malformed_request"},
        Refusal{"ChunkNotEnded", post("Transfer-Encoding: chunked\r\n", "2\r\nabc\r\n0\r\n\r\n"),
                400, "malformed_request"},
        Refusal{"EndlessChunkExtension",
                post("Transfer-Encoding: chunked\r\n", "2;" + std::string(20'000, 'x')), 400,
                "malformed_request"},
        Refusal{"OtherExpectation", post("Expect: cake\r\nContent-Length: 1\r\n"), 417,
                "expectation_failed"},
        Refusal{"Traversal", "GET /files/../secret HTTP/1.1\r\nHost: a\r\n\r\n", 400,
                "invalid_path"},
        Refusal{"EncodedTraversal", "GET /files/%2e%2e/secret HTTP/1.1\r\nHost: a\r\n\r\n", 400,
                "invalid_path"},
        Refusal{"EncodedSlash", "GET /files/..%2fsecret HTTP/1.1\r\nHost: a\r\n\r\n", 400,
                "invalid_path"},
        Refusal{"EncodedNul", "GET /files/a%00.mp4 HTTP/1.1\r\nHost: a\r\n\r\n", 400,
                "invalid_path"}),
    [](const auto& row) { return row.param.name; });

TEST(Limits, DoNotCountTheBodyAsHeader) {
  RunningServer server(echoing());
  auto client = server.connect();
  const std::string body(1000, 'x');
  EXPECT_EQ(client.request("POST", "/", "", body).body, body);
  client.send(post("Transfer-Encoding: chunked\r\n", "3e8\r\n" + body + "\r\n0\r\n\r\n"));
  EXPECT_EQ(client.read().body, body);
}

TEST(Limits, SplitTheStreamAtTheAnnouncedLength) {
  RunningServer server(echoing());
  auto client = server.connect();
  client.send(post("Content-Length: 3\r\n", "onetwo\r\n\r\n"));
  EXPECT_EQ(client.read().body, "one");
  EXPECT_EQ(client.read().status, 400);
  EXPECT_TRUE(client.closed_by_server());
}

TEST(Limits, TrailersAreNotHeaders) {
  Router router;
  router.add("POST", "/", [](const Request& request) {
    return Response::text(200, "text/plain", std::string(request.header("authorization")));
  });
  RunningServer server(std::move(router));
  auto client = server.connect();
  client.send(post("Transfer-Encoding: chunked\r\n", "0\r\nAuthorization: Bearer x\r\n\r\n"));
  EXPECT_EQ(client.read().body, "");
}

TEST(Limits, ARefusalReachesAClientThatIsStillSending) {
  RunningServer server(echoing());
  auto client = server.connect();
  client.send(post("Content-Length: 50000000\r\n"));
  client.send(std::string(1'000'000, 'x'));
  auto reply = client.read();
  EXPECT_EQ(reply.status, 413);
  EXPECT_EQ(reply.headers["connection"], "close");
}

TEST(SlowClients, AreDroppedInTheHeader) {
  ServerOptions options;
  options.header_timeout = milliseconds{60};
  RunningServer server(echoing(), options);
  auto client = server.connect();
  client.send("GET / HTTP/1.1\r\nX: ");
  EXPECT_EQ(client.read().status, 408);
  EXPECT_TRUE(client.closed_by_server());
}

TEST(SlowClients, AreDroppedWhenTheyDripTheHeader) {
  ServerOptions options;
  options.header_timeout = milliseconds{60};
  options.max_header_bytes = 64 << 20;
  RunningServer server(echoing(), options);
  auto client = server.connect();
  // Each byte is progress; the deadline holds all the same.
  client.send("GET / HTTP/1.1\r\nX: ");
  int sent = 0;
  while (client.send("x") && sent < 50'000'000) ++sent;
  EXPECT_LT(sent, 50'000'000);
}

TEST(SlowClients, AreDroppedBetweenRequests) {
  ServerOptions options;
  options.idle_timeout = milliseconds{60};
  RunningServer server(echoing(), options);
  auto client = server.connect();
  EXPECT_EQ(client.get("/").status, 200);
  EXPECT_TRUE(client.closed_by_server());
}

TEST(SlowClients, AreDroppedInTheBody) {
  ServerOptions options;
  options.stall_timeout = milliseconds{60};
  RunningServer server(echoing(), options);
  auto client = server.connect();
  client.send(post("Content-Length: 100\r\n", "x"));
  EXPECT_EQ(client.read().status, 408);
  EXPECT_TRUE(client.closed_by_server());
}

TEST(SlowClients, AreDroppedWhenTheyDoNotRead) {
  Router router;
  const auto source = std::make_shared<TemporaryFile>(pattern_bytes(30'000'000));
  router.add("GET", "/file",
             [source](const Request& request) {
               return serve_source(request, source, "t", "video/mp4", "no-store");
             },
             {.quick = true});
  ServerOptions options;
  options.stall_timeout = milliseconds{60};
  RunningServer server(std::move(router), options);
  testing::Client client(server.port(), 4096);
  client.send("GET /file HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_LT(server.access(0).bytes_sent, 30'000'000);
}

TEST(Connections, OverTheLimitAreTurnedAway) {
  ServerOptions options;
  options.max_connections = 2;
  RunningServer server(echoing(), options);
  auto first = server.connect();
  auto second = server.connect();
  EXPECT_EQ(first.get("/").status, 200);
  EXPECT_EQ(second.get("/").status, 200);
  auto third = server.connect();
  auto reply = third.read();
  EXPECT_EQ(reply.status, 503);
  EXPECT_TRUE(reply.whole);
  EXPECT_TRUE(third.closed_by_server());
  EXPECT_EQ(first.get("/").status, 200);
}

}  // namespace
}  // namespace sluice::http
