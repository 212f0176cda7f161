#include "video/object_key.h"

#include <fmt/format.h>

namespace sluice {

std::string video_prefix(const VideoId& video) { return fmt::format("videos/{}/", video.str()); }

std::string source_key(const VideoId& video) { return video_prefix(video) + "source/original"; }

std::string init_key(const VideoId& video, std::string_view track) {
  return fmt::format("{}{}/init.mp4", video_prefix(video), track);
}

std::string segment_key(const VideoId& video, std::string_view track, int index) {
  return fmt::format("{}{}/{}", video_prefix(video), track, segment_name(index));
}

std::string segment_name(int index) { return fmt::format("{:05}.m4s", index); }

std::string text_segment_name(int index) { return fmt::format("{:05}.vtt", index); }

std::string text_name(std::string_view track, std::string_view file) {
  return fmt::format("{}/{}", track, file);
}

std::string sheet_name(int chunk) { return fmt::format("{}{:05}.jpg", kImagesFolder, chunk); }

std::string poster_name(int chunk) { return fmt::format("{}{:05}.jpg", kPosterPrefix, chunk); }

}  // namespace sluice
