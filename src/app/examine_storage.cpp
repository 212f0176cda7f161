#include "app/examine_storage.h"

#include <cstdlib>

#include <fmt/format.h>

#include "base/random.h"
#include "http/origin.h"
#include "signing/cloudfront_url_signer.h"
#include "storage/s3/s3_upload_store.h"
#include "video/object_key.h"

namespace sluice {
namespace {

constexpr std::string_view kProbe = "sluice doctor";
// AWS refuses requests that are a quarter of an hour off; signed URLs suffer from less.
constexpr std::chrono::seconds kToleratedSkew{60};

Finding bucket_finding(const std::string& bucket, const Result<>& checked) {
  if (checked) return {"bucket " + bucket, true, "can be written, read, listed and cleared"};
  const auto& error = checked.error();
  std::string text = error.message;
  if (text.find("SignatureDoesNotMatch") != std::string::npos) {
    text += " The secret access key does not belong to the access key id.";
  } else if (error.kind == ErrorKind::denied) {
    text += fmt::format(
        " Allow s3:GetObject, s3:PutObject, s3:DeleteObject and s3:AbortMultipartUpload on "
        "arn:aws:s3:::{0}/* and s3:ListBucket on arn:aws:s3:::{0} (docs/fleet.md has the policy).",
        bucket);
  } else if (error.code == "no_bucket") {
    text += fmt::format(" Make it: aws s3api create-bucket --bucket {}", bucket);
  }
  return {"bucket " + bucket, false, std::move(text)};
}

Finding cors_finding(const Configuration& configuration, S3UploadStore& uploads,
                     const std::string& public_url) {
  const auto origin = http::origin_of(public_url);
  const auto checked = uploads.check_cors(origin);
  if (checked) return {"cors", true, "pages at " + origin + " may upload"};
  return {"cors", false,
          fmt::format("{} Pages at {} can't upload; set the rule: aws s3api put-bucket-cors "
                      "--bucket {} --cors-configuration '{}'",
                      checked.error().message, origin, configuration.s3->uploads_bucket,
                      cors_configuration(origin))};
}

Finding signed_put_finding(S3UploadStore& uploads) {
  const auto checked = uploads.check_signed_put();
  if (checked) return {"signed upload", true, "a signed PUT and a ranged GET work"};
  return {"signed upload", false, checked.error().message};
}

Finding clock_finding(std::chrono::seconds skew) {
  const auto text = fmt::format("{} s beside the object store's", skew.count());
  if (std::chrono::abs(skew) <= kToleratedSkew) return {"clock", true, text};
  return {"clock", false, text + "; set it right: timedatectl set-ntp true"};
}

FetchRequest get(std::string url) {
  FetchRequest request;
  request.url = std::move(url);
  request.headers = {{"Origin", "https://example.com"}};
  request.timeout = std::chrono::seconds{15};
  return request;
}

// What is wrong with how the distribution answers; empty when nothing is.
std::string cdn_fault(HttpClient& client, const std::string& plain, const std::string& query) {
  const auto answer = client.send(get(plain + query));
  if (!answer) return answer.error().message;
  if (answer->status != 200 || answer->body != kProbe) {
    return fmt::format(
        "an object asked for by a signed URL is answered with {}. Is the media bucket the "
        "distribution's origin, may the distribution read it (origin access control), and is the "
        "public key in a key group that the behaviour trusts, under this key-pair-id?",
        answer->status);
  }
  if (answer->header("access-control-allow-origin").empty()) {
    return "answers have no CORS headers, so browsers' players can't use them: attach the managed "
           "response headers policy SimpleCORS to the behaviour";
  }
  const auto stranger = client.send(get(plain));
  if (stranger && stranger->status == 200) {
    return "objects are given to anybody, signed or not: restrict viewer access in the behaviour "
           "(trusted key groups)";
  }
  return "";
}

std::string try_cdn(const Configuration& configuration, Stores& stores, const Clock& clock) {
  const auto signer = CloudFrontUrlSigner::open(*configuration.cloudfront);
  if (!signer) return signer.error().message;
  const VideoId video{"doctor-" + random_id()};
  const auto urls = (*signer)->sign(video, clock.now() + std::chrono::minutes{5});
  if (!urls) return urls.error().message;
  const auto key = video_prefix(video) + "probe";
  if (const auto stored = stores.media->put(key, kProbe); !stored) return stored.error().message;
  HttpClient client;
  auto fault = cdn_fault(client, urls->base_url + "probe", urls->query);
  const auto removed = stores.media->remove(key);
  if (fault.empty() && !removed) fault = removed.error().message;
  return fault;
}

}  // namespace

std::vector<Finding> examine_buckets(const Configuration& configuration, Stores& stores,
                                     const std::string& public_url) {
  std::vector<Finding> findings;
  const auto credentials = stores.aws->credentials.get();
  findings.push_back(
      {"credentials", credentials.has_value(),
       credentials ? stores.aws->credentials.source() : credentials.error().message});
  if (!credentials) return findings;
  findings.push_back(bucket_finding(configuration.s3->uploads_bucket, stores.uploads->check()));
  findings.push_back(bucket_finding(configuration.s3->media_bucket, stores.media->check()));
  findings.push_back(clock_finding(stores.aws->client.clock_skew()));
  if (!findings[1].good) return findings;
  findings.push_back(signed_put_finding(*stores.s3_uploads));
  findings.push_back(cors_finding(configuration, *stores.s3_uploads, public_url));
  return findings;
}

std::vector<Finding> examine_cdn(const Configuration& configuration, Stores& stores,
                                 const Clock& clock) {
  const auto fault = try_cdn(configuration, stores, clock);
  const auto& domain = configuration.cloudfront->domain;
  if (fault.empty()) {
    return {{"cdn", true, domain + " serves what is signed, with CORS, and refuses the rest"}};
  }
  return {{"cdn", false, domain + ": " + fault}};
}

}  // namespace sluice
