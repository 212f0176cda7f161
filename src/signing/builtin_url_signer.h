// Delivery by Sluice itself: the manifest's own path carries the token, so what it names is
// relative.
#pragma once

#include "signing/url_signer.h"

namespace sluice {

class BuiltinUrlSigner final : public UrlSigner {
 public:
  Result<SignedPrefix> sign(const VideoId&, Timestamp until) const override {
    return SignedPrefix{.base_url = "", .query = "", .expires_at = until};
  }
};

}  // namespace sluice
