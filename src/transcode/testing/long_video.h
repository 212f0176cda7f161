// For tests: a video of ten minutes, made of a short one without encoding.
#pragma once

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace sluice {

inline void make_long_video(const std::string& path) {
  std::vector<std::string> arguments = {"ffmpeg",
                                        "-v",
                                        "error",
                                        "-stream_loop",
                                        "19",
                                        "-i",
                                        std::string(SLUICE_TEST_MEDIA) + "/car-detection.mp4",
                                        "-c",
                                        "copy",
                                        path};
  std::vector<char*> pointers;
  for (auto& argument : arguments) pointers.push_back(argument.data());
  pointers.push_back(nullptr);
  pid_t pid = -1;
  int status = -1;
  ASSERT_EQ(::posix_spawnp(&pid, "ffmpeg", nullptr, nullptr, pointers.data(), environ), 0)
      << "ffmpeg is missing: script/bootstrap test installs it";
  ASSERT_EQ(::waitpid(pid, &status, 0), pid);
  ASSERT_EQ(status, 0);
}

}  // namespace sluice
