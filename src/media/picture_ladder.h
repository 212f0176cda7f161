// From a decoded frame to one picture for each rendition: upright, square pixels, 8-bit 4:2:0.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "media/av.h"
#include "media/color_matrix.h"
#include "media/filter_library.h"
#include "media/source_color.h"
#include "plan/plan.h"

namespace sluice::media {

class PictureLadder {
 public:
  // Makes pictures of the plan's renditions from the largest down to number `count - 1`. Each is
  // scaled from the next larger one: half the work of scaling all from the source, and the same
  // bits whichever renditions are asked for.
  PictureLadder(const Plan& plan, std::size_t count);

  // Largest first; `pts` and `pkt_duration` are kept. The frame's size and format may change from
  // call to call. The pictures may share memory with each other and with `decoded`.
  Result<std::vector<Frame>> make(const AVFrame& decoded);

 private:
  struct Input {
    int width = 0, height = 0, format = -1, range = 0, matrix = 0;
    AVRational aspect{0, 1};
    bool operator==(const Input& other) const;
  };
  bool fits_as_it_is(const AVFrame& decoded) const;
  std::string filters(const AVFrame& decoded) const;
  Result<> build_graph(const AVFrame& decoded, const Input& input);
  Result<Frame> make_top(const AVFrame& decoded);
  Result<Frame> filter(const AVFrame& decoded);
  Result<Frame> change_matrix(const AVFrame& picture);
  Result<Frame> look_up(const AVFrame& picture);
  Result<Frame> empty_picture(std::size_t number);
  Result<Frame> scale_down(const AVFrame& larger, std::size_t number);

  const Plan& plan_;
  std::size_t count_;
  SourceColor color_;
  std::optional<ColorMatrix> matrix_;
  std::optional<ColorCube> cube_;
  Input input_;
  FilterGraph graph_;
  AVFilterContext* entry_ = nullptr;
  AVFilterContext* exit_ = nullptr;
  std::vector<Scaler> scalers_;
  std::vector<BufferPool> pools_;  // pictures are given back and used again
};

}  // namespace sluice::media
