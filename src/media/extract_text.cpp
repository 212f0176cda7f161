#include "media/extract_text.h"

#include <algorithm>
#include <map>

#include "media/cue_reader.h"
#include "media/source_input.h"
#include "plan/timeline.h"
#include "text/write_text.h"
#include "video/object_key.h"

namespace sluice::media {
namespace {

// Subtitles may be far apart, and whoever waits for us wants to hear something now and then.
class ReportingSource final : public ByteSource {
 public:
  static constexpr std::size_t kStep = std::size_t{16} << 20;

  ReportingSource(const ByteSource& source, const ProgressSink& progress)
      : source_(source), progress_(progress) {}
  std::int64_t size_bytes() const override { return source_.size_bytes(); }
  Result<std::size_t> read_at(std::int64_t offset, std::span<char> into) const override {
    auto count = source_.read_at(offset, into);
    unreported_ += count.value_or(0);
    if (unreported_ >= kStep) {
      unreported_ = 0;
      progress_(0);
    }
    return count;
  }

 private:
  const ByteSource& source_;
  const ProgressSink& progress_;
  mutable std::size_t unreported_ = 0;  // bytes
};

using Readers = std::map<int, CueReader>;  // by stream

const TextRendition* find_track(const Plan& plan, const std::string& name) {
  const auto found = std::ranges::find(plan.text, name, &TextRendition::name);
  return found == plan.text.end() ? nullptr : &*found;
}

Result<Readers> open_readers(SourceInput& input, const Plan& plan,
                             const std::vector<std::string>& tracks) {
  Readers readers;
  const auto* format = input.format();
  for (const auto& name : tracks) {
    const auto* track = find_track(plan, name);
    if (track == nullptr) return fail(ErrorKind::internal, "bad_job", "The task does not fit the plan.");
    if (track->stream_index >= static_cast<int>(format->nb_streams)) continue;
    auto reader =
        CueReader::open(input.stream(track->stream_index), plan.source.origin_seconds);
    if (reader) readers.emplace(track->stream_index, std::move(*reader));
  }
  return readers;
}

void read_only(AVFormatContext* format, const Readers& readers) {
  for (unsigned i = 0; i < format->nb_streams; ++i) {
    format->streams[i]->discard =
        readers.contains(static_cast<int>(i)) ? AVDISCARD_DEFAULT : AVDISCARD_ALL;
  }
}

Result<> read_all(SourceInput& input, Readers& readers) {
  while (true) {
    SLUICE_TRY_ASSIGN(const auto packet, input.read_packet());
    if (!packet) return {};
    const auto reader = readers.find(packet->stream_index);
    if (reader != readers.end()) reader->second.add(*packet);
  }
}

Result<> give(const std::string& track, TextFiles files, const OutputSink& sink) {
  for (std::size_t i = 0; i < files.segments.size(); ++i) {
    SLUICE_TRY(sink({text_name(track, text_segment_name(static_cast<int>(i))), std::move(files.segments[i])}));
  }
  return sink({text_name(track, kWholeText), std::move(files.whole)});
}

}  // namespace

bool is_text_codec(AVCodecID codec) {
  switch (codec) {
    case AV_CODEC_ID_MOV_TEXT:
    case AV_CODEC_ID_SUBRIP:
    case AV_CODEC_ID_TEXT:
    case AV_CODEC_ID_ASS:
    case AV_CODEC_ID_SSA:
    case AV_CODEC_ID_WEBVTT: return true;
    default: return false;
  }
}

Result<> extract_text(const ByteSource& source, const Plan& plan,
                      const std::vector<std::string>& tracks, const OutputSink& sink,
                      const ProgressSink& progress) {
  const ReportingSource reporting(source, progress);
  SLUICE_TRY_ASSIGN(const auto input, SourceInput::open(reporting));
  SLUICE_TRY_ASSIGN(auto readers, open_readers(*input, plan, tracks));
  read_only(input->format(), readers);
  SLUICE_TRY(read_all(*input, readers));
  const auto borders =
      text_borders_ms(plan.timeline, text_segment_seconds(plan.timeline.duration_seconds));
  for (const auto& name : tracks) {
    const auto reader = readers.find(find_track(plan, name)->stream_index);
    if (reader == readers.end() || reader->second.is_too_large()) continue;
    auto files = write_text_files(reader->second.take_cues(), borders);
    if (files) SLUICE_TRY(give(name, std::move(*files), sink));
  }
  return {};
}

}  // namespace sluice::media
