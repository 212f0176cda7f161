// A thread of its own for one rendition's encoder, fed through a short queue.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

#include "base/result.h"

namespace sluice::media {

// Runs what it is given in order. After an error it runs nothing more and hands the error to every
// later call. With `own_thread` false it runs everything at once, on the caller's thread.
class EncoderLane {
 public:
  using Work = std::function<Result<>()>;

  explicit EncoderLane(bool own_thread);
  ~EncoderLane();  // what is still waiting is dropped

  Result<> run(Work work);  // waits while the queue is full
  Result<> wait();          // until all is done

 private:
  void loop();

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Work> queue_;
  bool busy_ = false;
  bool stopping_ = false;
  Result<> status_;
  std::thread thread_;
};

}  // namespace sluice::media
