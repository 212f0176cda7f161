// Where each tile of a storyboard is, and where a poster is looked for. Pure.
#pragma once

#include "plan/plan.h"

namespace sluice {

// Tiles get rarer with the length, so that a storyboard stays some hundred kilobytes to a few
// megabytes; no larger than 256x144, nor than the smallest rendition, of whose pictures they are
// made. Even dimensions.
Storyboard plan_storyboard(double duration_seconds, const Rendition& smallest);

// The tiles of one chunk, in rows from left to right. A chunk in which no tile falls has no sheet.
struct Sheet {
  int first_tile = 0;  // of the video
  int tile_count = 0;  // 0: no sheet
  int columns = 0;
  int rows = 0;
};

// Nothing on the sheet of a plan without a storyboard. `chunk` is a number of the timeline's.
Sheet sheet_of(const Plan& plan, int chunk);

// Does this chunk start early enough for its frames to be asked for a poster? One rule for any
// length: the first half minute, or the first fifth of a long video up to ten minutes.
bool may_hold_poster(const Timeline& timeline, int chunk);

// Frames before this time are preferred as posters: the first tenth.
double preferred_poster_seconds(const Timeline& timeline);

}  // namespace sluice
