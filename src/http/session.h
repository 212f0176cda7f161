// One connection: reads requests, has them answered, sends the responses.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "http/loop.h"
#include "http/outgoing.h"
#include "http/pace.h"
#include "http/pool_call.h"
#include "http/request_parser.h"
#include "http/response_head.h"

namespace sluice::http {

// Lives on its loop's thread, in run(). Handlers see `request_` from the pool while run() waits.
//
// In here every co_await is a statement of its own, and what it waits for has a name where it is
// more than a call: GCC 12 miscompiles a co_await within a condition, and temporaries beside one.
class Session : public std::enable_shared_from_this<Session> {
 public:
  Session(UniqueFd socket, std::string remote_address, Loop& loop);
  ~Session();

  Task<void> run();  // until the connection ends

  void drop_if_too_slow(Pace::Time now);
  void finish_up();  // answers the request in hand and no more
  void close();      // at once; what run() waits for fails

 private:
  enum class Head { partial, complete, malformed };
  struct Block {
    std::unique_ptr<char[]> bytes;
    std::size_t size = 0;
  };

  // session.cpp: from a head to a response
  Head read_head();
  void begin_request(Head head);
  bool answer_at_once();
  Task<void> answer();
  Task<void> answer_ordinary();
  Response call_handler() const;
  void log_fault(std::string_view what) const;
  // Other people's code: an exception is logged, then `otherwise` runs.
  template <class Work, class Otherwise>
  void guarded(const Work& work, const Otherwise& otherwise) const {
    try {
      return work();
    } catch (const std::exception& e) {
      log_fault(e.what());
    } catch (...) {
      log_fault("not an exception");
    }
    otherwise();
  }
  void refuse(int status, std::string_view code, std::string_view detail);

  // session_body.cpp: bodies of requests
  bool make_room();
  Task<bool> read_some();
  bool awaits_continue() const;
  Task<bool> announce_continue();
  Task<bool> read_body();
  Task<void> answer_upload();
  Task<bool> receive(BodySink& sink, Result<>& written);
  Task<bool> fill(Block& block);
  Task<void> discard_rest();
  Task<void> linger();

  // session_send.cpp: responses
  bool begin_response();  // is all of it in `outgoing_`?
  bool begin_source(const SourceBody& body);
  Task<void> send_rest();
  Task<bool> flush();
  Task<bool> send_source(SourceBody body);
  Task<bool> send_events(EventFeed feed);
  Task<bool> pause(std::chrono::milliseconds length);
  bool peer_is_gone();
  void end_response();

  Loop& loop_;
  const ServerOptions& options_;
  Socket socket_;
  Timer pause_;  // between two polls of an event feed
  PoolCall call_;
  Pace pace_;
  Outgoing outgoing_;

  std::vector<char> buffer_;  // received and not yet looked at: [begin_, end_)
  std::size_t begin_ = 0;
  std::size_t end_ = 0;

  std::optional<RequestParser> parser_;
  Request request_;
  Router::Match match_;
  Response response_;
  Pace::Time started_{};
  std::int64_t sent_before_ = 0;
  std::int64_t unread_body_ = 0;  // bytes of the body still to come; -1: unknown
  bool in_hand_ = false;          // a request is being answered
  bool keep_ = false;             // the connection goes on after this response
  bool gone_ = false;             // the connection is of no use any more
};

Response internal_problem();

}  // namespace sluice::http
