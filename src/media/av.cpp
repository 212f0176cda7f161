#include "media/av.h"

#include <new>

namespace sluice::media {
namespace {

template <class T>
T* must(T* made) {
  if (made == nullptr) throw std::bad_alloc();
  return made;
}

}  // namespace

Frame make_frame() { return Frame(must(av_frame_alloc())); }
Frame make_frame_ref(const AVFrame* frame) { return Frame(must(av_frame_clone(frame))); }
Packet make_packet() { return Packet(must(av_packet_alloc())); }

std::string av_message(int error) {
  char text[AV_ERROR_MAX_STRING_SIZE] = {};
  av_strerror(error, text, sizeof text);
  return text;
}

}  // namespace sluice::media
