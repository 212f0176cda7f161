// A source whose H.264 is taken over as it is.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/byte_source.h"
#include "media/h264_copy.h"
#include "media/not_copyable.h"
#include "media/source_clock.h"
#include "media/source_input.h"
#include "plan/pass_through.h"

namespace sluice::media {

// A picture of the source in decode order.
struct SourcePicture {
  CopiedPicture copied;
  std::int64_t ticks = 0;      // of presentation, on the video's timeline
  std::int64_t end_ticks = 0;  // as far as the container says
  std::int64_t stamp = 0;      // of presentation, as the container has it
};

class CopySource {
 public:
  // `source` and `plan` outlive it. not_copyable when the container has no parameter sets.
  static Result<std::unique_ptr<CopySource>> open(const ByteSource& source, const Plan& plan);

  std::string init_segment() const;
  std::string codecs() const;

  // All that the parameter sets and the container's index say. Leaves the place in the file
  // anywhere. not_copyable when the index is not one to rely on.
  Result<CopyFacts> read_facts();

  // After read_facts(): is there an IDR picture at these times? Asks for no more than `most` of
  // them, evenly spread.
  Result<bool> confirm(const std::vector<std::int64_t>& boundaries, std::size_t most);

  // The next picture is the one at `ticks`, the start of a segment.
  Result<> seek(std::int64_t ticks);

  // Nothing at the end. not_copyable when there is anything about the picture that is in doubt.
  Result<std::optional<SourcePicture>> next();

 private:
  // Where the index has a key frame: its time there is of decoding in some containers.
  struct Entry {
    std::int64_t ticks = 0;
    std::int64_t stamp = 0;
  };

  CopySource(const ByteSource& source, const Plan& plan)
      : source_(source), plan_(plan), clock_(plan) {}
  Result<> reopen();
  Result<> read_parameters();
  AVStream* stream() { return input_->stream(plan_.source.video->stream_index); }
  Result<std::int64_t> find_end();
  void describe(CopyFacts& facts) const;
  Result<> read_index(const SourcePicture& first, CopyFacts& facts);

  const ByteSource& source_;
  const Plan& plan_;
  SourceClock clock_;
  std::unique_ptr<SourceInput> input_;
  AvcConfig config_;
  SequenceParameters sps_;
  std::optional<SourcePicture> pending_;  // found while seeking
  std::vector<Entry> entries_;
};

}  // namespace sluice::media
