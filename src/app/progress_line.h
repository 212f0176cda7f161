// How far a long job is, on one line of a terminal. Pure.
#pragma once

#include <string>

namespace sluice {

// "[########------------]  42 %  3.1x  0:58 left": `done` from 0 to 1, after `elapsed` seconds in
// which `media_seconds` of the video were made.
std::string progress_line(double done, double media_seconds, double elapsed);

// 75 → "1:15", 3675 → "1:01:15".
std::string clock_time(double seconds);

}  // namespace sluice
