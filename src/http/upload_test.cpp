#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "http/server.h"
#include "http/testing_client.h"

namespace sluice::http {
namespace {

using testing::pattern_bytes;
using testing::RunningServer;
using testing::Signal;

// What the sinks of a test saw.
struct Store {
  std::mutex mutex;
  std::string bytes;
  std::vector<std::size_t> blocks;
  bool finished = false;
  std::optional<Error> fault;  // of write()
  bool throws = false;
  std::shared_ptr<Signal> written = std::make_shared<Signal>();
  std::shared_ptr<Signal> destroyed = std::make_shared<Signal>();
};

class StoreSink final : public BodySink {
 public:
  explicit StoreSink(Store& store) : store_(store) {}
  ~StoreSink() override { store_.destroyed->raise(); }

  Result<> write(std::string_view bytes) override {
    const std::unique_lock lock(store_.mutex, std::try_to_lock);
    EXPECT_TRUE(lock.owns_lock()) << "two calls at once";
    store_.bytes += bytes;
    store_.blocks.push_back(bytes.size());
    store_.written->raise();
    if (store_.throws) throw std::runtime_error("disk on fire");
    if (store_.fault) return fail(*store_.fault);
    return {};
  }

  Response finish() override {
    const std::lock_guard lock(store_.mutex);
    store_.finished = true;
    return Response::empty(201);
  }

 private:
  Store& store_;
};

Router storing(Store& store) {
  Router router;
  router.add_upload("PUT", "/objects/:key", [&store](const Request& request) -> SinkOrRefusal {
    if (request.param("key") == "forbidden") {
      return {nullptr, Response::problem(403, "denied", "Not this one.")};
    }
    if (request.param("key") == "throws") throw std::runtime_error("secret");
    return {std::make_unique<StoreSink>(store), {}};
  });
  router.add("GET", "/", [](const Request&) { return Response::empty(204); });
  return router;
}

std::string head(std::string_view key, std::size_t length, std::string_view more = "") {
  return fmt::format("PUT /objects/{} HTTP/1.1\r\nHost: a\r\nContent-Length: {}\r\n{}\r\n", key,
                     length, more);
}

TEST(Upload, ReachesTheSinkByteForByteInBoundedBlocks) {
  Store store;
  RunningServer server(storing(store));
  auto client = server.connect();
  const auto bytes = pattern_bytes(5'000'000);
  EXPECT_EQ(client.request("PUT", "/objects/a", "", bytes).status, 201);
  EXPECT_TRUE(store.finished);
  EXPECT_TRUE(store.bytes == bytes);
  for (std::size_t at = 0; at + 1 < store.blocks.size(); ++at) {
    EXPECT_GE(store.blocks[at], 256u * 1024);
    EXPECT_LE(store.blocks[at], 1024u * 1024);
  }
  EXPECT_EQ(client.get("/").status, 204);
}

TEST(Upload, MayBeEmpty) {
  Store store;
  RunningServer server(storing(store));
  auto client = server.connect();
  client.send(head("a", 0));
  EXPECT_EQ(client.read().status, 201);
  EXPECT_TRUE(store.blocks.empty());
  EXPECT_TRUE(store.destroyed->wait());
}

TEST(Upload, TakesNoByteMoreThanAnnounced) {
  Store store;
  RunningServer server(storing(store));
  auto client = server.connect();
  client.send(head("a", 3) + "abcdef\r\n\r\n");
  EXPECT_EQ(client.read().status, 201);
  EXPECT_EQ(client.read().status, 400);
  EXPECT_EQ(store.bytes, "abc");
}

TEST(Upload, IsUndoneWhenTheClientLeaves) {
  Store store;
  RunningServer server(storing(store));
  auto client = server.connect();
  client.send(head("a", 5'000'000) + std::string(2'000'000, 'x'));
  ASSERT_TRUE(store.written->wait());
  client.close();
  EXPECT_TRUE(store.destroyed->wait());
  EXPECT_FALSE(store.finished);
}

TEST(Upload, IsUndoneWhenTheBodyIsTooShort) {
  Store store;
  RunningServer server(storing(store));
  auto client = server.connect();
  client.send(head("a", 10) + "nine.....");
  client.finish_sending();
  EXPECT_TRUE(store.destroyed->wait());
  EXPECT_FALSE(store.finished);
  EXPECT_TRUE(client.closed_by_server());
}

TEST(Upload, IsUndoneWhenTheClientIsTooSlow) {
  Store store;
  ServerOptions options;
  options.stall_timeout = std::chrono::milliseconds{60};
  RunningServer server(storing(store), options);
  auto client = server.connect();
  client.send(head("a", 10) + "x");
  EXPECT_EQ(client.read().status, 408);
  EXPECT_TRUE(store.destroyed->wait());
  EXPECT_FALSE(store.finished);
}

TEST(Upload, IsUndoneWhenTheServerStops) {
  Store store;
  RunningServer server(storing(store));
  auto client = server.connect();
  client.send(head("a", 5'000'000) + std::string(2'000'000, 'x'));
  ASSERT_TRUE(store.written->wait());
  server.server().stop(std::chrono::milliseconds{20});
  EXPECT_TRUE(store.destroyed->wait());
  EXPECT_FALSE(store.finished);
}

TEST(Upload, NeedsALength) {
  Store store;
  RunningServer server(storing(store));
  for (const auto* header : {"Transfer-Encoding: chunked\r\n", ""}) {
    auto client = server.connect();
    const auto reply = client.request("PUT", "/objects/a", header);
    EXPECT_EQ(reply.status, 411);
    EXPECT_EQ(nlohmann::json::parse(reply.body).value("code", ""), "length_required");
  }
}

TEST(Upload, TellsWhyTheSinkFailed) {
  Store store;
  store.fault = Error{ErrorKind::unavailable, "disk_full", "There is no space left."};
  RunningServer server(storing(store));
  auto client = server.connect();
  const auto reply = client.request("PUT", "/objects/a", "", pattern_bytes(3'000'000));
  EXPECT_EQ(reply.status, 503);
  EXPECT_EQ(nlohmann::json::parse(reply.body).value("code", ""), "disk_full");
  EXPECT_TRUE(store.destroyed->wait());
  EXPECT_FALSE(store.finished);
}

TEST(Upload, HidesWhyAHandlerThrew) {
  Store store;
  store.throws = true;
  RunningServer server(storing(store));
  for (const auto* path : {"/objects/a", "/objects/throws"}) {
    auto client = server.connect();
    EXPECT_EQ(client.request("PUT", path, "", "abc").status, 500) << path;
  }
  EXPECT_FALSE(store.finished);
}

TEST(Expect, IsAnsweredBeforeTheBody) {
  Store store;
  RunningServer server(storing(store));
  auto client = server.connect();
  client.send(head("a", 3, "Expect: 100-continue\r\n"));
  EXPECT_EQ(client.read().status, 100);
  client.send("abc");
  EXPECT_EQ(client.read().status, 201);
  EXPECT_EQ(store.bytes, "abc");
}

TEST(Expect, IsSkippedWhenTheBodyIsAlreadyHere) {
  Store store;
  RunningServer server(storing(store));
  auto client = server.connect();
  client.send(head("a", 3, "Expect: 100-continue\r\n") + "abc");
  EXPECT_EQ(client.read().status, 201);
}

TEST(Expect, ARefusalComesInsteadOfContinue) {
  Store store;
  RunningServer server(storing(store));
  struct Row {
    std::string_view path;
    int status;
  };
  for (const auto& [path, status] : {Row{"/objects/forbidden", 403}, Row{"/nothing", 404}}) {
    auto client = server.connect();
    client.send(
        fmt::format("PUT {} HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n"
                    "Expect: 100-continue\r\n\r\n",
                    path));
    auto reply = client.read();
    EXPECT_EQ(reply.status, status);
    EXPECT_EQ(reply.headers["connection"], "close");
  }
}

TEST(Refusal, KeepsTheConnectionWhenTheBodyIsShort) {
  Store store;
  RunningServer server(storing(store));
  auto client = server.connect();
  EXPECT_EQ(client.request("PUT", "/objects/forbidden", "", std::string(60'000, 'x')).status, 403);
  EXPECT_EQ(client.get("/").status, 204);
}

}  // namespace
}  // namespace sluice::http
