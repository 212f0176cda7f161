#include "media/copy_source.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "media/cmaf.h"
#include "media/h264.h"
#include "media/source_color.h"

namespace sluice::media {
namespace {

// How far in front of a picture the container is asked for: indexes speak of decode times.
constexpr double kSeekMargins[] = {0, 1, 10};

std::string_view as_text(const std::uint8_t* bytes, int size) {
  return {reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size)};
}

bool starts_with_name(const AVFormatContext* format, std::string_view name) {
  return std::string_view(format->iformat->name).starts_with(name);
}

}  // namespace

Result<std::unique_ptr<CopySource>> CopySource::open(const ByteSource& source, const Plan& plan) {
  auto opened = std::unique_ptr<CopySource>(new CopySource(source, plan));
  SLUICE_TRY(opened->reopen());
  SLUICE_TRY(opened->read_parameters());
  return opened;
}

Result<> CopySource::reopen() {
  SLUICE_TRY_ASSIGN(input_, SourceInput::open(source_));
  const int index = plan_.source.video->stream_index;
  if (index >= static_cast<int>(input_->format()->nb_streams)) {
    return fail(ErrorKind::invalid, "corrupt_file", "The file's video stream can't be found.");
  }
  input_->only_stream(index);
  pending_.reset();
  return {};
}

Result<> CopySource::read_parameters() {
  if (!starts_with_name(input_->format(), "mov") &&
      !starts_with_name(input_->format(), "matroska")) {
    return not_copyable("its container has no index to rely on");
  }
  const auto* codec = stream()->codecpar;
  if (codec->codec_id != AV_CODEC_ID_H264) return not_copyable("it is not H.264");
  const auto config = parse_avc_config(as_text(codec->extradata, codec->extradata_size));
  if (!config || config->sps.size() != 1 || config->pps.empty()) {
    return not_copyable("its container holds no single set of parameters");
  }
  const auto sps = parse_sps(config->sps.front());
  if (!sps) return not_copyable("its parameters can't be read");
  config_ = *config;
  sps_ = *sps;
  return {};
}

std::string CopySource::init_segment() const {
  const auto& top = plan_.renditions.front();
  return write_init_segment(VideoInit{plan_.timeline.timescale, top.width, top.height,
                                      write_avc_config(config_, sps_),
                                      output_color(*plan_.source.video)});
}

std::string CopySource::codecs() const { return avc_codecs(write_avc_config(config_, sps_)); }

Result<std::optional<SourcePicture>> CopySource::next() {
  if (pending_) return std::exchange(pending_, std::nullopt);
  while (true) {
    SLUICE_TRY_ASSIGN(auto packet, input_->read_packet());
    if (!packet) return std::optional<SourcePicture>();
    if (packet->stream_index != plan_.source.video->stream_index) continue;
    if (packet->pts == AV_NOPTS_VALUE) return not_copyable("a picture has no time stamp");
    if ((packet->flags & (AV_PKT_FLAG_DISCARD | AV_PKT_FLAG_CORRUPT)) != 0) {
      return not_copyable("a picture is not to be shown, or damaged");
    }
    if (av_packet_get_side_data(packet.get(), AV_PKT_DATA_NEW_EXTRADATA, nullptr) != nullptr) {
      return not_copyable("its parameters change");
    }
    auto copied = copy_picture(as_text(packet->data, packet->size), config_);
    if (!copied) return not_copyable("a picture is damaged or has parameters of its own");
    const auto ticks = clock_.ticks(packet->pts);
    return SourcePicture{std::move(*copied), ticks,
                         ticks + clock_.length(std::max<std::int64_t>(0, packet->duration)),
                         packet->pts};
  }
}

Result<> CopySource::seek(std::int64_t ticks) {
  SLUICE_TRY(reopen());
  for (const double margin : kSeekMargins) {
    const auto target = clock_.source_ticks(
        ticks - static_cast<std::int64_t>(margin * static_cast<double>(plan_.timeline.timescale)));
    if (ticks > 0 && avformat_seek_file(input_->format(), plan_.source.video->stream_index,
                                        INT64_MIN, target, target, 0) < 0) {
      continue;
    }
    while (true) {
      SLUICE_TRY_ASSIGN(auto picture, next());
      if (!picture) break;
      // The first picture of the video may come a little after its start.
      if (picture->ticks == ticks || ticks == 0) {
        pending_ = std::move(picture);
        return {};
      }
      if (picture->ticks > ticks && picture->copied.idr) break;
    }
  }
  return not_copyable(fmt::format("there is no picture at {}", ticks));
}

Result<CopyFacts> CopySource::read_facts() {
  SLUICE_TRY_ASSIGN(const auto first, next());
  if (!first || !first->copied.idr || first->stamp != plan_.source.video->start_ticks) {
    return not_copyable("it does not start with a key frame");
  }
  CopyFacts facts;
  describe(facts);
  // Looking for the end also makes demuxers read their index.
  SLUICE_TRY_ASSIGN(facts.end_ticks, find_end());
  SLUICE_TRY(read_index(*first, facts));
  return facts;
}

void CopySource::describe(CopyFacts& facts) const {
  const auto color = output_color(*plan_.source.video);
  const auto agrees = [](int said, int encoded) { return said == 2 || said == encoded; };
  facts.profile = sps_.profile;
  facts.constrained_baseline = (sps_.constraints & 0x40) != 0;
  facts.level = sps_.level;
  facts.is_420_8bit = sps_.chroma_format == 1 && sps_.luma_bits == 8 && sps_.chroma_bits == 8;
  facts.frames_only = sps_.frames_only;
  facts.width = sps_.width;
  facts.height = sps_.height;
  const auto& aspect = plan_.source.video->sample_aspect;
  facts.square_pixels = (sps_.sample_aspect.num == 0 || sps_.sample_aspect == Rational{1, 1}) &&
                        (aspect.num == 0 || aspect == Rational{1, 1});
  facts.full_range = sps_.full_range || plan_.source.video->full_range;
  const bool converted = source_color(*plan_.source.video).conversion != ColorConversion::none;
  facts.colors_as_encoded = !converted && agrees(sps_.primaries, color.primaries) &&
                            agrees(sps_.transfer, color.transfer) &&
                            agrees(sps_.matrix, color.matrix);
}

// Where the last picture ends.
Result<std::int64_t> CopySource::find_end() {
  const auto target = clock_.source_ticks(static_cast<std::int64_t>(
      plan_.timeline.duration_seconds * static_cast<double>(plan_.timeline.timescale)));
  if (avformat_seek_file(input_->format(), plan_.source.video->stream_index, INT64_MIN, target,
                         target, 0) < 0) {
    return not_copyable("it can't be sought in");
  }
  std::int64_t end = -1;
  while (true) {
    SLUICE_TRY_ASSIGN(const auto picture, next());
    if (!picture) break;
    if (end < 0 && !picture->copied.idr) return not_copyable("its last key frame is not an IDR");
    end = std::max(end, std::max(picture->end_ticks, picture->ticks + 1));
  }
  if (end < 0) return not_copyable("its end can't be found");
  return end;
}

Result<> CopySource::read_index(const SourcePicture& first, CopyFacts& facts) {
  auto* indexed = stream();
  const int count = avformat_index_get_entries_count(indexed);
  const bool whole = starts_with_name(input_->format(), "mov");
  // Fewer entries than pictures: fragments, or an edit list that leaves some out.
  if (whole && indexed->nb_frames != count) facts.trimmed = true;
  std::int64_t offset = 0;
  std::int64_t last_position = 0;
  for (int i = 0; i < count; ++i) {
    const auto* entry = avformat_index_get_entry(indexed, i);
    if ((entry->flags & AVINDEX_DISCARD_FRAME) != 0) facts.trimmed = true;
    if ((entry->flags & AVINDEX_KEYFRAME) != 0) {
      if (entries_.empty()) offset = first.stamp - entry->timestamp;
      if (!whole && !facts.key_frames.empty()) {
        facts.key_frames.back().bytes = entry->pos - last_position;
      }
      // MP4's index speaks of decode times, but is sought in by times of showing.
      const auto stamp = entry->timestamp + offset;
      entries_.push_back({clock_.ticks(stamp), stamp});
      facts.key_frames.push_back({entries_.back().ticks, 0});
      last_position = entry->pos;
    }
    if (facts.key_frames.empty()) return not_copyable("its index does not start with a key frame");
    if (whole) facts.key_frames.back().bytes += entry->size;
  }
  if (!whole && !facts.key_frames.empty()) {
    facts.key_frames.back().bytes = source_.size_bytes() - last_position;
  }
  return {};
}

Result<bool> CopySource::confirm(const std::vector<std::int64_t>& boundaries, std::size_t most) {
  // The first was read, the last is the end.
  const std::size_t count = boundaries.size() - 2;
  const std::size_t asked = std::min(count, most);
  for (std::size_t i = 0; i < asked; ++i) {
    const auto boundary = boundaries[1 + (asked > 1 ? i * (count - 1) / (asked - 1) : 0)];
    const auto entry =
        std::lower_bound(entries_.begin(), entries_.end(), boundary,
                         [](const Entry& one, std::int64_t ticks) { return one.ticks < ticks; });
    if (entry == entries_.end() || entry->ticks != boundary) return false;
    if (avformat_seek_file(input_->format(), plan_.source.video->stream_index, INT64_MIN,
                           entry->stamp, entry->stamp, 0) < 0) {
      return false;
    }
    pending_.reset();
    SLUICE_TRY_ASSIGN(const auto picture, next());
    if (!picture || picture->ticks != boundary || !picture->copied.idr) return false;
  }
  return true;
}

}  // namespace sluice::media
