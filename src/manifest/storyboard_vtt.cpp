#include "manifest/storyboard_vtt.h"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>

#include "base/rational.h"
#include "plan/storyboard.h"
#include "video/object_key.h"

namespace sluice {
namespace {

struct Tile {
  std::int64_t start_ms = 0;
  int chunk = 0;
  int x = 0;
  int y = 0;
};

std::string timestamp(std::int64_t ms) {
  return fmt::format("{:02}:{:02}:{:02}.{:03}", ms / 3'600'000, ms / 60'000 % 60, ms / 1000 % 60,
                     ms % 1000);
}

void add_tiles(const Plan& plan, int chunk, std::vector<Tile>& tiles) {
  const auto sheet = sheet_of(plan, chunk);
  const auto& storyboard = *plan.storyboard;
  for (int i = 0; i < sheet.tile_count; ++i) {
    tiles.push_back({std::int64_t{1000} * (sheet.first_tile + i) * storyboard.interval_seconds,
                     chunk, i % sheet.columns * storyboard.tile_width,
                     i / sheet.columns * storyboard.tile_height});
  }
}

}  // namespace

std::optional<std::string> storyboard_vtt(const Plan& plan, const PublishedTracks& tracks,
                                          const MediaUrls& urls) {
  if (!plan.storyboard || plan.renditions.empty()) return std::nullopt;
  std::vector<Tile> tiles;
  std::int64_t end_ms = 0;
  if (const auto found = tracks.find(plan.renditions.back().name); found != tracks.end()) {
    const auto& segments = found->second;
    const auto& chunks = plan.timeline.chunks;
    for (std::size_t i = 0; i < chunks.size(); ++i) {
      const auto end = static_cast<std::size_t>(chunks[i].end_segment);
      if (end > segments.size()) break;
      add_tiles(plan, static_cast<int>(i), tiles);
      const auto& last = segments[end - 1];
      end_ms = rescale(last.start_ticks + last.duration_ticks, plan.timeline.timescale, 1000);
    }
  }
  // A source may end before it was planned to.
  std::erase_if(tiles, [end_ms](const Tile& tile) { return tile.start_ms >= end_ms; });

  auto text = fmt::memory_buffer();
  const auto out = std::back_inserter(text);
  fmt::format_to(out, "WEBVTT\n");
  for (std::size_t i = 0; i < tiles.size(); ++i) {
    const std::int64_t end = i + 1 < tiles.size() ? tiles[i + 1].start_ms : end_ms;
    fmt::format_to(out, "\n{} --> {}\n{}{}{}#xywh={},{},{},{}\n", timestamp(tiles[i].start_ms),
                   timestamp(end), urls.base_url, sheet_name(tiles[i].chunk), urls.query, tiles[i].x,
                   tiles[i].y, plan.storyboard->tile_width, plan.storyboard->tile_height);
  }
  return fmt::to_string(text);
}

}  // namespace sluice
