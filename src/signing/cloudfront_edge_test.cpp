// Our URLs at an edge that is not ours, and beside AWS's own signer. Run by
// `tests/services/with.py edge -- signing_cloudfront_test`.
#include <gmock/gmock.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>

#include <fmt/format.h>

#include "base/encoding.h"
#include "fetch/http_client.h"
#include "signing/cloudfront_url_signer.h"

namespace sluice {
namespace {

const VideoId kVideo("abcdefghijklmnopqrstuvwx");

std::string variable(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  if (value == nullptr) {
    ADD_FAILURE() << name
                  << " is not set: run tests/services/with.py edge -- signing_cloudfront_test";
    return "";
  }
  return value;
}

Timestamp now() {
  return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

struct Case {
  std::string key_id;
  CloudFrontHash hash;
};

std::string name_of(const testing::TestParamInfo<Case>& info) {
  return info.param.key_id + (info.param.hash == CloudFrontHash::sha1 ? "Sha1" : "Sha256");
}

class CloudFrontEdge : public testing::TestWithParam<Case> {
 protected:
  CloudFrontEdge() {
    for (const char* id : {"abcdefghijklmnopqrstuvwx", "anothervideo"}) {
      const auto folder =
          std::filesystem::path(variable("SLUICE_TEST_EDGE_FILES")) / "videos" / id / "720p";
      std::filesystem::create_directories(folder);
      std::ofstream(folder / "00000.m4s") << "a segment";
    }
  }

  static CloudFrontOptions options() {
    const auto edge = variable("SLUICE_TEST_EDGE");
    auto options = parse_cloudfront_url(
        fmt::format("cloudfront://{}?scheme=http&key-pair-id={}&private-key={}&hash-algorithm={}",
                    edge.substr(7), GetParam().key_id,
                    percent_encode(variable("SLUICE_TEST_EDGE_" + GetParam().key_id)),
                    GetParam().hash == CloudFrontHash::sha1 ? "SHA1" : "SHA256"));
    return options.value();
  }

  static SignedPrefix sign(CloudFrontOptions with, Timestamp until) {
    return CloudFrontUrlSigner::open(std::move(with)).value()->sign(kVideo, until).value();
  }
  static SignedPrefix sign() { return sign(options(), now() + std::chrono::minutes{5}); }

  FetchResponse get(const std::string& url) {
    FetchRequest request;
    request.url = url;
    return client_.send(request).value();
  }
  int status(const std::string& url) { return get(url).status; }

 private:
  HttpClient client_;
};

using Parameters = std::map<std::string, std::string>;

Parameters parameters(std::string_view query) {
  Parameters found;
  query.remove_prefix(1);
  while (!query.empty()) {
    const auto end = std::min(query.find('&'), query.size());
    const auto equals = query.find('=');
    found.emplace(query.substr(0, equals), query.substr(equals + 1, end - equals - 1));
    query.remove_prefix(std::min(end + 1, query.size()));
  }
  return found;
}

// What AWS's own signer appends for the same resource, time and key.
std::string query_by_aws(const CloudFrontOptions& options, const SignedPrefix& ours) {
  const auto command = fmt::format(
      "node '{}' '{}' '{}' '{}*' {} {}", variable("SLUICE_TEST_CLOUDFRONT_SIGNER"),
      options.private_key_file, options.key_pair_id, ours.base_url,
      to_unix_ms(ours.expires_at) / 1000, options.hash == CloudFrontHash::sha256 ? "SHA256" : "");
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> run(::popen(command.c_str(), "r"),
                                                            ::pclose);
  std::array<char, 4096> output{};
  return {output.data(), std::fread(output.data(), 1, output.size(), run.get())};
}

// One letter of the value changed to another of the alphabet; in DER one that is part of a number.
std::string tampered(const std::string& query, const std::string& name) {
  auto changed = query;
  const auto value = query.find(name + "=") + name.size() + 1;
  const auto length = std::min(query.find('&', value), query.size()) - value;
  auto& letter = changed[value + length / 3];
  letter = letter == 'A' ? 'B' : 'A';
  return changed;
}

TEST_P(CloudFrontEdge, ServesWhatWeSigned) {
  const auto prefix = sign();
  const auto answer = get(prefix.base_url + "720p/00000.m4s" + prefix.query);
  EXPECT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(answer.body, "a segment");
  EXPECT_EQ(answer.header("access-control-allow-origin"), "*");
}

TEST_P(CloudFrontEdge, RefusesWhatWeDidNotSign) {
  const auto prefix = sign();
  const auto other = variable("SLUICE_TEST_EDGE") + "/videos/anothervideo/720p/00000.m4s";
  const auto ours = prefix.base_url + "720p/00000.m4s";
  EXPECT_EQ(status(ours), 403);
  EXPECT_EQ(status(other + prefix.query), 403);
  EXPECT_EQ(status(ours + tampered(prefix.query, "Policy")), 403);
  EXPECT_EQ(status(ours + tampered(prefix.query, "Signature")), 403);
  EXPECT_EQ(status(ours + tampered(prefix.query, "Key-Pair-Id")), 403);
}

TEST_P(CloudFrontEdge, RefusesWhatHasExpired) {
  const auto prefix = sign(options(), now() - CloudFrontUrlSigner::kRound);
  EXPECT_EQ(status(prefix.base_url + "720p/00000.m4s" + prefix.query), 403);
}

TEST_P(CloudFrontEdge, RefusesAForeignKey) {
  auto foreign = options();
  foreign.private_key_file = foreign.key_pair_id == "KRSA" ? variable("SLUICE_TEST_EDGE_KEC")
                                                           : variable("SLUICE_TEST_EDGE_KRSA");
  const auto prefix = sign(foreign, now() + std::chrono::minutes{5});
  EXPECT_EQ(status(prefix.base_url + "720p/00000.m4s" + prefix.query), 403);
}

TEST_P(CloudFrontEdge, MeansTheSameAsAwssOwnSigner) {
  const auto with = options();
  const auto ours = sign();
  const auto query = query_by_aws(with, ours);
  ASSERT_TRUE(query.starts_with("?")) << "run tests/services/install";
  auto expected = parameters(query);
  auto actual = parameters(ours.query);
  EXPECT_EQ(status(ours.base_url + "720p/00000.m4s" + query), 200);
  if (with.key_pair_id == "KEC") {
    // Each ECDSA signature is another; both were accepted.
    expected.erase("Signature");
    actual.erase("Signature");
  }
  EXPECT_EQ(actual, expected);
}

INSTANTIATE_TEST_SUITE_P(Keys, CloudFrontEdge,
                         testing::Values(Case{"KRSA", CloudFrontHash::sha1},
                                         Case{"KRSA", CloudFrontHash::sha256},
                                         Case{"KEC", CloudFrontHash::sha1},
                                         Case{"KEC", CloudFrontHash::sha256}),
                         name_of);

}  // namespace
}  // namespace sluice
