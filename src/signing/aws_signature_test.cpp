#include "signing/aws_signature.h"

#include <optional>

#include <gtest/gtest.h>

namespace sluice {
namespace {

using std::chrono::seconds;

const AwsCredentials kCredentials{
    "AKIDEXAMPLE", Secret("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"), {}};
const std::string kToken = "6e86291e8372ff2a2260956d9b8aae1d763fbf315fa00fa31553b73ebf194267";
const std::string kLongToken =
    "AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwAeMicRXmxfpSPfI"
    "eoIYRqTflfKD8YUuwthAx7mSEI/qkPpKPi/kMcGdQrmGdeehM4IC1NtBmUpp2wUE8phUZampKsburEDy0KPkyQDYwT7WZ0"
    "wq5VSXDvp75YU9HFvlRd8Tx6q6fE8YQcHNVXAkiY9q6d+xo0rKwT38xVqr7ZD0u0iPPkUL64lIZbqBAz+scqKmlzm8FDry"
    "pNC9Yjc8fPOLn9FX9KSYvKTr4rvx3iSIlTJabIQwj2ICCR/oLxBA==";
const std::string kUnreserved =
    "-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

Timestamp at(const char* rfc3339) {
  std::tm tm{};
  ::strptime(rfc3339, "%Y-%m-%dT%H:%M:%SZ", &tm);
  return std::chrono::sys_seconds(seconds(::timegm(&tm)));
}

std::string signature_in(const AwsFields& headers) {
  const auto& authorization = headers.back().second;
  return authorization.substr(authorization.rfind('=') + 1);
}

std::string signature_in(const std::string& target) { return target.substr(target.rfind('=') + 1); }

// AWS's Signature Version 4 test suite: us-east-1, "service", 2015-08-30T12:36:00Z.
struct SuiteCase {
  const char* name;
  const char* method;
  std::string path;
  AwsFields query;
  AwsFields headers;
  const char* in_headers;
  const char* in_query;
  bool normalize = true;
  std::string body = "";
  std::string token = "";
};

const char* const kVanilla = "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31";
const char* const kVanillaQuery =
    "e93c787ed7f371d5c6b165c1b38ede9550f4dce4144713e844b25b7192d3865d";
const char* const kPost = "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b";
const char* const kPostQuery = "2ce6e6d2e0cf2f9d1b55fafec88cd20574c31dc2e7631979f71ba2310083e95b";

const SuiteCase kSuite[] = {
    {"get-header-key-duplicate",
     "GET",
     "/",
     {},
     {{"My-Header1", "value2"}, {"My-Header1", "value2"}, {"My-Header1", "value1"}},
     "c9d5ea9f3f72853aea855b47ea873832890dbdd183b4468f858259531a5138ea",
     "3349ee0b81b4b589da0ff28a395c3591e04de515651dd74f298fa992d1507a97"},
    {"get-header-value-multiline",
     "GET",
     "/",
     {},
     {{"My-Header1", "value1\n  value2\n     value3"}},
     "cfd34249e4b1c8d6b91ef74165d41a32e5fab3306300901bb65a51a73575eefd",
     "e6f5def831211aca02987a44b96826706278c7bc078112ae0263659c5b2f2d56"},
    {"get-header-value-order",
     "GET",
     "/",
     {},
     {{"My-Header1", "value4"},
      {"My-Header1", "value1"},
      {"My-Header1", "value3"},
      {"My-Header1", "value2"}},
     "08c7e5a9acfcfeb3ab6b2185e75ce8b1deb5e634ec47601a50643f830c755c01",
     "313720e71ca6202fdcfa9b20f88de01a4eb0638a83c833b1c184359a4eda864e"},
    {"get-header-value-trim",
     "GET",
     "/",
     {},
     {{"My-Header1", " value1"}, {"My-Header2", " \"a   b   c\""}},
     "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736",
     "e7bb0fd515e125e1aec2ecc4c0c17484fb06f6846b927c35e46005dd3df3acd4"},
    {"get-relative-normalized", "GET", "/example/..", {}, {}, kVanilla, kVanillaQuery},
    {"get-relative-relative-normalized",
     "GET",
     "/example1/example2/../..",
     {},
     {},
     kVanilla,
     kVanillaQuery},
    {"get-relative-relative-unnormalized",
     "GET",
     "/example1/example2/../..",
     {},
     {},
     "dc33e0856fd4baca4d7aa2146c38958283844764f38c74252a333df5e613003b",
     "b45db0bfd1cf15003493b733e33aa208dd981bd0e63037a6ed953f71d2118a16",
     false},
    {"get-relative-unnormalized",
     "GET",
     "/example/..",
     {},
     {},
     "eca7ead57bb5aa5c8e28007acd4ff04e1ff9a0ff3b237ec1554a184887ff9282",
     "cbcb213b928a077e43275df47b500f1dfaa864ab3f5a18f6b95f4ff0938167ee",
     false},
    {"get-slash-dot-slash-normalized", "GET", "/./", {}, {}, kVanilla, kVanillaQuery},
    {"get-slash-dot-slash-unnormalized",
     "GET",
     "/./",
     {},
     {},
     "68714168e6557f8f2de0ef956fc24dc2593a4bd2961f8df51898d8a134695145",
     "a9b13e8f3484d9505bf1a6f347219f8f35b0fe8f128ceea597efc146a3dfe90c",
     false},
    {"get-slash-normalized", "GET", "//", {}, {}, kVanilla, kVanillaQuery},
    {"get-slash-unnormalized",
     "GET",
     "//",
     {},
     {},
     "c88bcd3d312d75078c0cd961d6deae3f4c754924b01669efcfcb439fd5e5b76e",
     "b2a9542809db687769200f56a844a03f2bd0291d6eb90232d5101c6a579446cd",
     false},
    {"get-slash-pointless-dot-normalized",
     "GET",
     "/./example",
     {},
     {},
     "ef75d96142cf21edca26f06005da7988e4f8dc83a165a80865db7089db637ec5",
     "35034b1a0bdd969f346975386daf8aedfd4976573b8348cf4f67eaa41c5857de"},
    {"get-slash-pointless-dot-unnormalized",
     "GET",
     "/./example",
     {},
     {},
     "beb03f223f7deae4146464f06e29eebbee9c8afbe15c290cf07aa8b119e14cff",
     "72b11f16d9530b18204bfb71f2d6ab085894c0ed8d352730a6e76234c58b5e10",
     false},
    {"get-slashes-normalized",
     "GET",
     "//example//",
     {},
     {},
     "9a624bd73a37c9a373b5312afbebe7a714a789de108f0bdfe846570885f57e84",
     "c1834e8fb0307243711f0f907f6ab7311ed300d87f13792d7ee4da89ab93e082"},
    {"get-slashes-unnormalized",
     "GET",
     "//example//",
     {},
     {},
     "87cca117541a147f6df867677d98a7d80dff226d2bfca9e4ffa899665623c7e5",
     "822a5a9ba28072c5ab2bb4a6307d0c88276d40e49fec6b724c03fb4d4ba60fc2",
     false},
    {"get-space-normalized",
     "GET",
     "/example space/",
     {},
     {},
     "652487583200325589f1fba4c7e578f72c47cb61beeca81406b39ddec1366741",
     "7a1f416954786484c9824d93c1f26ef64acb9b1b6c9154d08c9f07d0e394abf6"},
    {"get-space-unnormalized",
     "GET",
     "/example space/",
     {},
     {},
     "652487583200325589f1fba4c7e578f72c47cb61beeca81406b39ddec1366741",
     "7a1f416954786484c9824d93c1f26ef64acb9b1b6c9154d08c9f07d0e394abf6",
     false},
    {"get-unreserved",
     "GET",
     "/" + kUnreserved,
     {},
     {},
     "07ef7494c76fa4850883e2b006601f940f8a34d404d0cfa977f52a65bbf5f24f",
     "95968482db1b9e0fadef6efc1bd24689f77c77d9ef56919c96a28cc92e0d6005"},
    {"get-utf8",
     "GET",
     "/\u1234",
     {},
     {},
     "8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85",
     "10eae3f14a260bd3911cc6d008d3c576d143b05b62f09782a7a4b37f52178e44"},
    {"get-vanilla-empty-query-key",
     "GET",
     "/",
     {{"Param1", "value1"}},
     {},
     "a67d582fa61cc504c4bae71f336f98b97f1ea3c7a6bfe1b6e45aec72011b9aeb",
     "49096700cbbaa5753443850f40df10f904fc2fdb544dc9512203cc77c471a9de"},
    {"get-vanilla-query-order-encoded",
     "GET",
     "/",
     {{"Param-3", "Value3"}, {"Param", "Value2"}, {"\u1234", "Value1"}},
     {},
     "371d3713e185cc334048618a97f809c9ffe339c62934c032af5a0e595648fcac",
     "c5f1848ceec943ac2ca68ee720460c23aaae30a2300586597ada94c4a65e4787"},
    {"get-vanilla-query-order-key-case",
     "GET",
     "/",
     {{"Param2", "value2"}, {"Param1", "value1"}},
     {},
     "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500",
     "86012e2c9ad4d77369f5d81c11f75158aae4f895a085212cc6d3f923d300bed5"},
    {"get-vanilla-query-unreserved",
     "GET",
     "/",
     {{kUnreserved, kUnreserved}},
     {},
     "9c3e54bfcdf0b19771a7f523ee5669cdf59bc7cc0884027167c21bb143a40197",
     "8e76a88a7433637b12778d5592799b29ad21ecd6cf6325051c21d86f0acda2bf"},
    {"get-vanilla-utf8-query",
     "GET",
     "/",
     {{"\u1234", "bar"}},
     {},
     "2cdec8eed098649ff3a119c94853b13c643bcf08f8b0a1d91e12c9027818dd04",
     "0bdd809b1519ac4f0c1dc3540e2cc46bd0c7f778eda408b2ebf3b913d21ff600"},
    {"get-vanilla-with-session-token",
     "GET",
     "/",
     {},
     {},
     "07ec1639c89043aa0e3e2de82b96708f198cceab042d4a97044c66dd9f74e7f8",
     "7ff2b50b376cb4d151970630573d6291dc128cc5c2a12ffb237f73cc53f67b6c",
     true,
     "",
     kToken},
    {"get-vanilla", "GET", "/", {}, {}, kVanilla, kVanillaQuery},
    {"post-header-key-case", "POST", "/", {}, {}, kPost, kPostQuery},
    {"post-header-key-sort",
     "POST",
     "/",
     {},
     {{"My-Header1", "value1"}},
     "c5410059b04c1ee005303aed430f6e6645f61f4dc9e1461ec8f8916fdf18852c",
     "c09d07e0d55871f10f2a6d350d994acf6825a3cae70673d7def55616e6119dd7"},
    {"post-header-value-case",
     "POST",
     "/",
     {},
     {{"My-Header1", "VALUE1"}},
     "cdbc9802e29d2942e5e10b5bccfdd67c5f22c7c4e8ae67b53629efa58b974b7d",
     "0698bc9e4f7f9139065ba2909c0e99da257e8e2a42492a097bcd46d792391fed"},
    {"post-sts-header-before",
     "POST",
     "/",
     {},
     {},
     "85d96828115b5dc0cfc3bd16ad9e210dd772bbebba041836c64533a82be05ead",
     "46c2e3c63c1dbe7d39f8ada16fe7f001c1f56c5791441565323677f96308871c",
     true,
     "",
     kLongToken},
    {"post-vanilla-query",
     "POST",
     "/",
     {{"Param1", "value1"}},
     {},
     "28038455d6de14eafc1f9222cf5aa6f1a96197d7deb8263271d420d138af7f11",
     "a9ef26247f293bffe40eeff86a0480ba8c14d31503b2e0c3399e3a16bf1a3682"},
    {"post-vanilla", "POST", "/", {}, {}, kPost, kPostQuery},
    {"post-x-www-form-urlencoded-parameters",
     "POST",
     "/",
     {},
     {{"Content-Type", "application/x-www-form-urlencoded; charset=utf-8"},
      {"Content-Length", "13"}},
     "328d1b9eaadca9f5818ef05e8392801e091653bafec24fcab71e7344e7f51422",
     "0dbeb9b026c7b6675f266b8427efec9b4fa8b1f6ef1477d717aea231106eab4d",
     true,
     "Param1=value1"},
    {"post-x-www-form-urlencoded",
     "POST",
     "/",
     {},
     {{"Content-Type", "application/x-www-form-urlencoded"}, {"Content-Length", "13"}},
     "d3875051da38690788ef43de4db0d8f280229d82040bfac253562e56c3f20e0b",
     "89a40deed0f26f9461242825a082d2222717248abc7ab41f552ad84a94ad46e9",
     true,
     "Param1=value1"},
};

TEST(AwsSignature, AgreesWithTheTestSuiteOfAws) {
  const auto now = at("2015-08-30T12:36:00Z");
  for (const auto& test : kSuite) {
    const AwsRequest request{test.method,  "example.amazonaws.com",    test.path, test.query,
                             test.headers, hash_aws_payload(test.body)};
    auto credentials = kCredentials;
    credentials.session_token = Secret(test.token);
    // The suite's paths are signed as they are sent, and its bodies are announced by a header.
    const AwsScope scope{"us-east-1", "service", test.normalize, false, !test.body.empty()};
    EXPECT_EQ(signature_in(sign_aws_headers(request, credentials, scope, now)), test.in_headers)
        << test.name;
    EXPECT_EQ(signature_in(presign_aws_target(request, credentials, scope, now, seconds(3600))),
              test.in_query)
        << test.name;
  }
}

// https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html and
// …/sigv4-query-string-auth.html
TEST(AwsSignature, AgreesWithTheExamplesOfS3) {
  const AwsCredentials credentials{
      "AKIAIOSFODNN7EXAMPLE", Secret("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"), {}};
  const auto now = at("2013-05-24T00:00:00Z");
  const auto scope = s3_scope("us-east-1");
  AwsRequest request;
  request.host = "examplebucket.s3.amazonaws.com";
  const auto signed_with = [&] {
    return signature_in(sign_aws_headers(request, credentials, scope, now));
  };

  request.path = "/test.txt";
  request.headers = {{"Range", "bytes=0-9"}};
  EXPECT_EQ(signed_with(), "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41");

  request.headers = {};
  request.path = "/";
  request.query = {{"lifecycle", ""}};
  EXPECT_EQ(signed_with(), "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543");

  request.query = {{"max-keys", "2"}, {"prefix", "J"}};
  EXPECT_EQ(signed_with(), "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7");

  request.query = {};
  request.method = "PUT";
  request.path = "/test$file.text";
  request.headers = {{"Date", "Fri, 24 May 2013 00:00:00 GMT"},
                     {"x-amz-storage-class", "REDUCED_REDUNDANCY"}};
  request.payload_hash = hash_aws_payload("Welcome to Amazon S3.");
  EXPECT_EQ(signed_with(), "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd");

  request = {.host = "examplebucket.s3.amazonaws.com", .path = "/test.txt"};
  request.payload_hash = kUnsignedPayload;
  EXPECT_EQ(presign_aws_target(request, credentials, scope, now, seconds(86400)),
            "/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F"
            "20130524%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=20130524T000000Z&X-Amz-Expires="
            "86400&X-Amz-SignedHeaders=host&X-Amz-Signature="
            "aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404");
}

struct BotocoreCase {
  const char* service;
  const char* method;
  const char* host;
  const char* path;
  AwsFields query;
  AwsFields headers;
  std::optional<std::string> body;
  bool token;
  int presigned_seconds;
  const char* signature;
};

const BotocoreCase kBotocore[] = {
#include "signing/aws_signature_cases.inc"
};

TEST(AwsSignature, AgreesWithBotocore) {
  const auto now = at("2026-02-28T12:00:01Z");
  for (const auto& test : kBotocore) {
    auto credentials = kCredentials;
    if (test.token) credentials.session_token = Secret("FwoGZXIvYXdzEXAMPLE//token+with/signs==");
    const AwsRequest request{
        test.method,  test.host,
        test.path,    test.query,
        test.headers, test.body ? hash_aws_payload(*test.body) : std::string(kUnsignedPayload)};
    const auto scope = test.service == std::string_view("s3")
                           ? s3_scope("eu-central-1")
                           : AwsScope{"eu-central-1", test.service};
    const auto signature = test.presigned_seconds > 0
                               ? signature_in(presign_aws_target(request, credentials, scope, now,
                                                                 seconds(test.presigned_seconds)))
                               : signature_in(sign_aws_headers(request, credentials, scope, now));
    EXPECT_EQ(signature, test.signature) << test.method << " " << test.path;
  }
}

TEST(AwsSignature, SaysWhatHasToBeSent) {
  const auto now = at("2015-08-30T12:36:00Z");
  auto credentials = kCredentials;
  credentials.session_token = Secret("token");
  AwsRequest request{"GET", "localhost:7480", "/b/a b", {{"prefix", "x/ y"}}, {{"X-Mark", "m"}}};
  const auto added = sign_aws_headers(request, credentials, s3_scope("eu"), now);
  ASSERT_EQ(added.size(), 4u);
  EXPECT_EQ(added[0], (std::pair<std::string, std::string>("X-Amz-Date", "20150830T123600Z")));
  EXPECT_EQ(added[1].second, "token");
  EXPECT_EQ(added[2].second, kEmptyPayloadHash);
  EXPECT_NE(added[3].second.find("SignedHeaders=host;x-amz-content-sha256;x-amz-date;"
                                 "x-amz-security-token;x-mark,"),
            std::string::npos);
  EXPECT_EQ(aws_target(request), "/b/a%20b?prefix=x%2F%20y");
}

}  // namespace
}  // namespace sluice
