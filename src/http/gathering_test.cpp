#include "http/gathering.h"

#include <mutex>

#include <gtest/gtest.h>

#include "http/testing_client.h"

namespace sluice::http {
namespace {

using testing::Client;
using testing::RunningServer;
using testing::Signal;

using Requests = std::span<const Request* const>;

Response named(const Request& request) {
  return Response::text(200, "text/plain", std::string(request.param("name")) + request.body);
}

// Notes how many requests each call got; the first calls wait until they may leave.
class Handler {
 public:
  explicit Handler(std::size_t held) : entered_(held) {}

  std::vector<Response> operator()(Requests requests) {
    std::size_t call = 0;
    {
      std::lock_guard lock(mutex_);
      call = sizes_.size();
      sizes_.push_back(requests.size());
    }
    if (call < entered_.size()) {
      entered_[call].raise();
      leave_.wait();
    }
    std::vector<Response> responses;
    for (const Request* request : requests) responses.push_back(named(*request));
    return responses;
  }

  bool wait_for_call(std::size_t call) { return entered_[call].wait(); }
  void release() { leave_.raise(); }
  std::vector<std::size_t> sizes() {
    std::lock_guard lock(mutex_);
    return sizes_;
  }

 private:
  std::mutex mutex_;
  std::vector<std::size_t> sizes_;
  std::vector<Signal> entered_;
  Signal leave_;
};

Router together(GroupHandler handler) {
  Router router;
  router.add_group("GET", "/together/:name", std::move(handler));
  router.add("GET", "/quick", named, {.quick = true});
  return router;
}

void ask(Client& client, std::string_view name) {
  client.send("GET /together/" + std::string(name) + " HTTP/1.1\r\nHost: a\r\n\r\n");
}

TEST(Gathering, AnswersByOneCallWhatCameWhileOthersWereAtWork) {
  Handler handler(2);
  RunningServer server(together([&](Requests requests) { return handler(requests); }));
  std::vector<Client> clients;
  for (int at = 0; at < 5; ++at) clients.push_back(server.connect());
  ask(clients[0], "a");
  ASSERT_TRUE(handler.wait_for_call(0));
  ask(clients[1], "b");
  ASSERT_TRUE(handler.wait_for_call(1));
  ask(clients[2], "c");
  ask(clients[3], "d");
  ask(clients[4], "e");
  // Read after them by the same thread.
  EXPECT_EQ(server.connect().get("/quick").status, 200);
  handler.release();
  std::string answers;
  for (auto& client : clients) answers += client.read().body;
  EXPECT_EQ(answers, "abcde");
  EXPECT_EQ(handler.sizes(), (std::vector<std::size_t>{1, 1, 3}));
}

TEST(Gathering, AnswersOneAfterTheOtherOnAConnection) {
  Handler handler(0);
  RunningServer server(together([&](Requests requests) { return handler(requests); }));
  auto client = server.connect();
  client.send(
      "GET /together/a HTTP/1.1\r\nHost: a\r\n\r\n"
      "GET /together/b HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\n+++"
      "HEAD /together/c HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(client.read().body, "a");
  EXPECT_EQ(client.read().body, "b+++");
  EXPECT_EQ(client.read(true).headers["content-length"], "1");
}

TEST(Gathering, HidesWhyAHandlerThrewOrLeftOneOut) {
  bool throws = true;
  RunningServer server(together([&](Requests) -> std::vector<Response> {
    if (throws) throw std::runtime_error("secret");
    return {};
  }));
  auto client = server.connect();
  const auto thrown = client.get("/together/a");
  EXPECT_EQ(thrown.status, 500);
  EXPECT_EQ(thrown.body.find("secret"), std::string::npos);
  throws = false;
  EXPECT_EQ(client.get("/together/a").status, 500);
}

TEST(Gathering, LetsAGroupInHandFinishWhenTheServerStops) {
  Handler handler(1);
  RunningServer server(together([&](Requests requests) { return handler(requests); }));
  auto client = server.connect();
  auto idle = server.connect();
  ask(client, "a");
  ASSERT_TRUE(handler.wait_for_call(0));
  std::thread stopping([&] { server.server().stop(std::chrono::seconds{10}); });
  EXPECT_TRUE(idle.closed_by_server());
  handler.release();
  EXPECT_EQ(client.read().body, "a");
  stopping.join();
}

}  // namespace
}  // namespace sluice::http
