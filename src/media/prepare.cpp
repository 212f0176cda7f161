#include "media/prepare.h"

#include "base/sha256.h"
#include "media/aac_source.h"
#include "media/audio_encoder.h"
#include "media/probe.h"
#include "media/video_encoder.h"

namespace sluice::media {
namespace {

template <class Rendition>
Result<> publish_init(Rendition& rendition, std::string bytes, std::string codecs,
                      const OutputSink& sink) {
  rendition.codecs = std::move(codecs);
  rendition.init_hash = sha256_hex(bytes);
  return sink({rendition.name + "/init.mp4", std::move(bytes), std::nullopt});
}

// RFC 6381.
constexpr const char* kAacLowComplexity = "mp4a.40.2";

Result<std::string> audio_init(const AudioRendition& track) {
  if (track.copied) return aac_init_segment(track);
  SLUICE_TRY_ASSIGN(const auto encoder, AudioEncoder::open(track));
  return encoder->init_segment();
}

}  // namespace

Result<Plan> prepare(const ByteSource& source, const PlanPolicy& policy, const OutputSink& sink) {
  SLUICE_TRY_ASSIGN(const auto facts, probe(source, {policy.max_picture_pixels, policy.max_tracks}));
  SLUICE_TRY_ASSIGN(auto plan, make_plan(facts, policy));
  for (auto& rendition : plan.renditions) {
    SLUICE_TRY_ASSIGN(const auto encoder, VideoEncoder::open(plan, rendition));
    SLUICE_TRY(publish_init(rendition, encoder->init_segment(), encoder->codecs(), sink));
  }
  for (auto& track : plan.audio) {
    SLUICE_TRY_ASSIGN(auto init, audio_init(track));
    SLUICE_TRY(publish_init(track, std::move(init), kAacLowComplexity, sink));
  }
  return plan;
}

}  // namespace sluice::media
