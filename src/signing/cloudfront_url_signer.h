// Delivery by Amazon CloudFront, by signed URLs with a custom policy.
#pragma once

#include <chrono>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "signing/cloudfront_key.h"
#include "signing/cloudfront_options.h"
#include "signing/url_signer.h"

namespace sluice {

// One signature allows every object of a video: the policy's resource is
// https://DOMAIN/videos/ID/*, and what is appended to each URL is the same for all of them.
//
// Times are rounded up to kRound. All who watch a video in the same minutes get the same URLs, so
// browsers find segments in their caches, and the costly signature is made once for all of them.
class CloudFrontUrlSigner final : public UrlSigner {
 public:
  static constexpr std::chrono::minutes kRound{5};

  CloudFrontUrlSigner(CloudFrontOptions options, CloudFrontKey key);

  // Reads the key and tries it.
  static Result<std::unique_ptr<CloudFrontUrlSigner>> open(CloudFrontOptions options);

  // `invalid`, bad_video_id for an id that would mean something in a policy.
  Result<SignedPrefix> sign(const VideoId& video, Timestamp until) const override;

 private:
  using Prefixes = std::unordered_map<std::string, SignedPrefix>;

  Result<SignedPrefix> make(const VideoId& video, Timestamp until) const;
  const SignedPrefix* find(const std::string& key) const;
  void keep(std::string key, const SignedPrefix& prefix) const;

  CloudFrontOptions options_;
  CloudFrontKey key_;
  mutable std::mutex mutex_;
  mutable Prefixes recent_, older_;
};

// Statement, resource and time as CloudFront wants them: JSON without white space.
std::string cloudfront_policy(std::string_view resource, Timestamp until);

// Base64 with '-', '_' and '~' for '+', '=' and '/'.
std::string to_cloudfront_base64(std::string_view bytes);

}  // namespace sluice
