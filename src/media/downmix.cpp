#include "media/downmix.h"

#include <algorithm>

namespace sluice::media {
namespace {

constexpr double kMinus3Db = 0.70710678118654752440;

struct Gains {
  double left = 0, right = 0;
};

// Heard from two speakers.
Gains in_stereo(AVChannel channel, int number) {
  switch (channel) {
    case AV_CHAN_FRONT_LEFT:
    case AV_CHAN_STEREO_LEFT:
    case AV_CHAN_WIDE_LEFT: return {1, 0};
    case AV_CHAN_FRONT_RIGHT:
    case AV_CHAN_STEREO_RIGHT:
    case AV_CHAN_WIDE_RIGHT: return {0, 1};
    case AV_CHAN_FRONT_CENTER:
    case AV_CHAN_TOP_FRONT_CENTER: return {kMinus3Db, kMinus3Db};
    case AV_CHAN_FRONT_LEFT_OF_CENTER: return {0.92, 0.38};
    case AV_CHAN_FRONT_RIGHT_OF_CENTER: return {0.38, 0.92};
    case AV_CHAN_BACK_LEFT:
    case AV_CHAN_SIDE_LEFT:
    case AV_CHAN_TOP_FRONT_LEFT:
    case AV_CHAN_TOP_BACK_LEFT:
    case AV_CHAN_TOP_SIDE_LEFT:
    case AV_CHAN_SURROUND_DIRECT_LEFT:
    case AV_CHAN_BOTTOM_FRONT_LEFT: return {kMinus3Db, 0};
    case AV_CHAN_BACK_RIGHT:
    case AV_CHAN_SIDE_RIGHT:
    case AV_CHAN_TOP_FRONT_RIGHT:
    case AV_CHAN_TOP_BACK_RIGHT:
    case AV_CHAN_TOP_SIDE_RIGHT:
    case AV_CHAN_SURROUND_DIRECT_RIGHT:
    case AV_CHAN_BOTTOM_FRONT_RIGHT: return {0, kMinus3Db};
    case AV_CHAN_BACK_CENTER:
    case AV_CHAN_TOP_CENTER:
    case AV_CHAN_TOP_BACK_CENTER:
    case AV_CHAN_BOTTOM_FRONT_CENTER: return {0.5, 0.5};
    case AV_CHAN_LOW_FREQUENCY:
    case AV_CHAN_LOW_FREQUENCY_2: return {0, 0};
    default: return number % 2 == 0 ? Gains{1, 0} : Gains{0, 1};
  }
}

bool is_side(AVChannel channel) {
  return channel == AV_CHAN_SIDE_LEFT || channel == AV_CHAN_SIDE_RIGHT;
}
bool is_back(AVChannel channel) {
  return channel == AV_CHAN_BACK_LEFT || channel == AV_CHAN_BACK_RIGHT;
}

struct Source {
  const AVChannelLayout& layout;

  AVChannel channel(int number) const {
    return av_channel_layout_channel_from_index(&layout, static_cast<unsigned>(number));
  }
  template <class Test>
  bool any(Test test) const {
    for (int i = 0; i < layout.nb_channels; ++i) {
      if (test(channel(i))) return true;
    }
    return false;
  }
};

double in_surround(const Source& source, AVChannel from, int number, AVChannel to) {
  const bool joined = source.any(is_side) && source.any(is_back);
  const double surround = joined ? kMinus3Db : 1;
  const bool left = to == AV_CHAN_BACK_LEFT || to == AV_CHAN_SIDE_LEFT;
  const bool right = to == AV_CHAN_BACK_RIGHT || to == AV_CHAN_SIDE_RIGHT;
  switch (from) {
    case AV_CHAN_BACK_LEFT:
    case AV_CHAN_SIDE_LEFT: return left ? surround : 0;
    case AV_CHAN_BACK_RIGHT:
    case AV_CHAN_SIDE_RIGHT: return right ? surround : 0;
    case AV_CHAN_BACK_CENTER: return left || right ? kMinus3Db : 0;
    case AV_CHAN_FRONT_CENTER:
    case AV_CHAN_LOW_FREQUENCY: return from == to ? 1 : 0;
    default: break;
  }
  const Gains front = in_stereo(from, number);
  if (to == AV_CHAN_FRONT_LEFT) return front.left;
  return to == AV_CHAN_FRONT_RIGHT ? front.right : 0;
}

}  // namespace

std::vector<double> downmix_matrix(const AVChannelLayout& from, const AVChannelLayout& to) {
  const Source source{from};
  const int columns = from.nb_channels;
  const bool nothing_but_bass =
      !source.any([](AVChannel one) { return one != AV_CHAN_LOW_FREQUENCY; });
  std::vector<double> matrix;
  for (int row = 0; row < to.nb_channels; ++row) {
    const AVChannel out = av_channel_layout_channel_from_index(&to, static_cast<unsigned>(row));
    for (int column = 0; column < columns; ++column) {
      const AVChannel in = source.channel(column);
      if (columns == 1 || nothing_but_bass) {
        matrix.push_back(to.nb_channels <= 2 || out == AV_CHAN_FRONT_CENTER ? 1 : 0);
      } else if (to.nb_channels > 2) {
        matrix.push_back(in_surround(source, in, column, out));
      } else {
        const Gains gains = in_stereo(in, column);
        matrix.push_back(to.nb_channels == 1 ? (gains.left + gains.right) / 2
                         : row == 0          ? gains.left
                                             : gains.right);
      }
    }
  }
  return matrix;
}

}  // namespace sluice::media
