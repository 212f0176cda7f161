#include "media/time_jumps.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <string_view>

namespace sluice::media {
namespace {

// Up to here a file is read as a whole: as fast as finding places in it.
constexpr std::int64_t kShortBytes = 64 << 20;
// Of a long one: how many places are looked at, and when two are near enough to read in between.
constexpr int kPlaces = 48;
constexpr std::int64_t kNearBytes = 16 << 20;

// A clock that runs back by more than this has been set; one that runs ahead by more has been set
// too, or nothing was recorded for as long: nobody wants to watch that.
constexpr double kBackSeconds = 1;
constexpr double kAheadSeconds = 10;
// More time between two places than the others let expect, by this factor.
constexpr double kOddPace = 4;

constexpr std::size_t kMaxJumps = 200;

struct Place {
  std::int64_t position = 0;  // in bytes
  double seconds = 0;
};

bool is_media(const AVStream* stream) {
  const auto type = stream->codecpar->codec_type;
  return type == AVMEDIA_TYPE_VIDEO || type == AVMEDIA_TYPE_AUDIO;
}

std::optional<Place> place_of(const AVPacket& packet, const AVStream* stream) {
  const auto time = packet.dts != AV_NOPTS_VALUE ? packet.dts : packet.pts;
  if (time == AV_NOPTS_VALUE || packet.pos < 0) return std::nullopt;
  return Place{packet.pos, static_cast<double>(time) * av_q2d(stream->time_base)};
}

// Follows the clock of every stream from one packet to the next.
class Clock {
 public:
  explicit Clock(std::vector<TimeJump>& jumps) : jumps_(jumps) {}

  void follow(const AVPacket& packet, const AVStream* stream) {
    auto place = place_of(packet, stream);
    if (!place) return;
    const double shift = jumps_.empty() ? 0 : jumps_.back().shift_seconds;
    const double at = place->seconds + shift;
    auto& expected = expected_[packet.stream_index];
    if (expected && (at < *expected - kBackSeconds || at > *expected + kAheadSeconds)) {
      jumps_.push_back({place->position, shift + *expected - at});
      place->seconds = *expected;
    } else {
      place->seconds = at;
    }
    const double length =
        static_cast<double>(std::max<std::int64_t>(packet.duration, 0)) * av_q2d(stream->time_base);
    expected = std::max(expected.value_or(-1e18), place->seconds + length);
  }

  // The next packets are not behind the last ones.
  void restart() { expected_.clear(); }

  bool hopeless() const { return jumps_.size() > kMaxJumps; }

 private:
  std::vector<TimeJump>& jumps_;
  std::map<int, std::optional<double>> expected_;
};

bool go_to(SourceInput& input, std::int64_t position) {
  return av_seek_frame(input.format(), -1, position, AVSEEK_FLAG_BYTE) >= 0;
}

// Follows the clock over the packets from where `input` stands up to `end`.
Result<> read_to(SourceInput& input, std::int64_t end, Clock& clock) {
  while (!clock.hopeless()) {
    SLUICE_TRY_ASSIGN(auto packet, input.read_packet());
    if (!packet || packet->pos > end) return {};
    const auto* stream = input.stream(packet->stream_index);
    if (is_media(stream)) clock.follow(*packet, stream);
  }
  return {};
}

// The first packet of the stream behind this position.
Result<std::optional<Place>> look_at(SourceInput& input, std::int64_t position, int stream_index) {
  if (!go_to(input, position)) return std::optional<Place>();
  while (true) {
    SLUICE_TRY_ASSIGN(auto packet, input.read_packet());
    if (!packet) return std::optional<Place>();
    if (packet->stream_index != stream_index) continue;
    if (const auto place = place_of(*packet, input.stream(stream_index))) return place;
  }
}

bool odd(const Place& one, const Place& other, double seconds_per_byte) {
  const double taken = other.seconds - one.seconds;
  const double usual = static_cast<double>(other.position - one.position) * seconds_per_byte;
  return taken < 0 || taken > kOddPace * usual + kAheadSeconds;
}

// The pieces that have to be read, found by halving.
Result<> narrow(SourceInput& input, int stream_index, Place from, Place to, double pace,
                std::vector<std::pair<std::int64_t, std::int64_t>>& pieces) {
  if (!odd(from, to, pace)) return {};
  if (to.position - from.position <= kNearBytes) {
    pieces.emplace_back(from.position, to.position);
    return {};
  }
  SLUICE_TRY_ASSIGN(
      const auto middle,
      look_at(input, from.position + (to.position - from.position) / 2, stream_index));
  if (!middle || middle->position <= from.position || middle->position >= to.position) {
    pieces.emplace_back(from.position, to.position);
    return {};
  }
  SLUICE_TRY(narrow(input, stream_index, from, *middle, pace, pieces));
  return narrow(input, stream_index, *middle, to, pace, pieces);
}

double usual_pace(const std::vector<Place>& places) {
  std::vector<double> paces;
  for (std::size_t i = 1; i < places.size(); ++i) {
    const auto bytes = places[i].position - places[i - 1].position;
    if (bytes > 0)
      paces.push_back((places[i].seconds - places[i - 1].seconds) / static_cast<double>(bytes));
  }
  if (paces.empty()) return 0;
  const auto middle = paces.begin() + static_cast<std::ptrdiff_t>(paces.size() / 2);
  std::nth_element(paces.begin(), middle, paces.end());
  return std::max(*middle, 0.0);
}

Result<> search(SourceInput& input, int stream_index, std::int64_t size, Clock& clock) {
  std::vector<Place> places;
  for (int i = 0; i < kPlaces; ++i) {
    SLUICE_TRY_ASSIGN(const auto place, look_at(input, size / kPlaces * i, stream_index));
    if (place && (places.empty() || place->position > places.back().position))
      places.push_back(*place);
  }
  const double pace = usual_pace(places);
  std::vector<std::pair<std::int64_t, std::int64_t>> pieces;
  for (std::size_t i = 1; i < places.size(); ++i) {
    SLUICE_TRY(narrow(input, stream_index, places[i - 1], places[i], pace, pieces));
  }
  for (const auto& [from, to] : pieces) {
    clock.restart();
    if (go_to(input, from)) SLUICE_TRY(read_to(input, to, clock));
  }
  return {};
}

}  // namespace

bool clock_may_jump(const AVFormatContext* format) {
  const std::string_view name = format->iformat->name;
  return name == "mpegts" || name == "mpeg" || name == "flv";
}

Result<std::vector<TimeJump>> find_time_jumps(const ByteSource& source) {
  SLUICE_TRY_ASSIGN(const auto opened, SourceInput::open(source));
  auto& input = *opened;
  std::vector<TimeJump> jumps;
  Clock clock(jumps);
  const std::int64_t size = source.size_bytes();
  const int reference = av_find_best_stream(input.format(), AVMEDIA_TYPE_VIDEO, -1, -1, nullptr, 0);
  const bool can_look = std::string_view(input.format()->iformat->name) != "flv" && reference >= 0;
  if (size <= kShortBytes || !can_look) {
    SLUICE_TRY(read_to(input, size, clock));
  } else {
    SLUICE_TRY(search(input, reference, size, clock));
  }
  if (clock.hopeless()) jumps.clear();
  return jumps;
}

}  // namespace sluice::media
