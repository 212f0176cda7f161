// cloudfront://DOMAIN?key-pair-id=K…&private-key=FILE: which distribution delivers, and with which
// key its URLs are signed. Pure.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace sluice {

// SHA-1 is what CloudFront takes for granted; SHA-256 has to be said in each URL.
enum class CloudFrontHash { sha1, sha256 };

struct CloudFrontOptions {
  std::string scheme = "https";  // or "http": a private edge, a test
  std::string domain;            // HOST or HOST:PORT
  std::string key_pair_id;       // the public key's id in the distribution's key group
  std::string private_key_file;  // PEM; or env:NAME, which the composition root looks up
  CloudFrontHash hash = CloudFrontHash::sha1;

  // What every URL starts with, and what a page must be allowed to fetch from: no slash at the end.
  std::string origin() const { return scheme + "://" + domain; }
};

// Besides the two, `scheme=http` and `hash-algorithm=SHA256`; values are percent-encoded. Each
// parameter at most once, unknown ones are faults. `invalid`, bad_cdn_url: all that is wrong.
Result<CloudFrontOptions> parse_cloudfront_url(std::string_view url);

}  // namespace sluice
