// Names of stored objects; all are known before anything is encoded.
#pragma once

#include <string>
#include <string_view>

#include "base/id.h"

namespace sluice {

// What the names of all objects start with.
inline constexpr std::string_view kVideosPrefix = "videos/";

// In the uploads bucket: videos/ID/source/original.
std::string source_key(const VideoId& video);

// In the media bucket, and in the uploads bucket: everything of one video starts with videos/ID/.
std::string video_prefix(const VideoId& video);

// In the media bucket: videos/ID/720p/init.mp4, videos/ID/720p/00000.m4s.
std::string init_key(const VideoId& video, std::string_view track);
std::string segment_key(const VideoId& video, std::string_view track, int index);

// The part behind the video's prefix: 00000.m4s has five digits, more when it needs them.
std::string segment_name(int index);

// Of a text track, behind "text-0/": 00000.vtt, and the whole of it in one file.
inline constexpr std::string_view kTextPrefix = "text-";
inline constexpr std::string_view kWholeText = "captions.vtt";
std::string text_segment_name(int index);
std::string text_name(std::string_view track, std::string_view file);  // text-0/00000.vtt

// Behind the video's prefix, by the number of the chunk they were made of: images/00003.jpg, a
// sheet of the storyboard, and images/poster-00003.jpg, what might be the poster.
inline constexpr std::string_view kImagesFolder = "images/";
inline constexpr std::string_view kPosterPrefix = "images/poster-";
std::string sheet_name(int chunk);
std::string poster_name(int chunk);

}  // namespace sluice
