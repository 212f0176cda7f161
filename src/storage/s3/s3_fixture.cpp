#include "storage/s3/s3_fixture.h"

#include <cstdlib>
#include <stdexcept>

#include <fmt/format.h>
#include <openssl/evp.h>

#include "base/encoding.h"
#include "base/random.h"

namespace sluice {
namespace {

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  if (value == nullptr) {
    throw std::runtime_error(fmt::format(
        "{} is not set. Run this test by ctest, or: tests/services/with.py ceph -- PROGRAM", name));
  }
  return value;
}

}  // namespace

S3TestServer S3TestServer::from_environment() {
  return {variable("SLUICE_TEST_S3_ENDPOINT"),
          {variable("AWS_ACCESS_KEY_ID"), Secret(variable("AWS_SECRET_ACCESS_KEY")), {}},
          variable("AWS_REGION")};
}

AwsClientOptions quick_s3_client(const std::string& region) {
  AwsClientOptions options{.scope = s3_scope(region)};
  options.first_pause = std::chrono::milliseconds(1);
  options.longest_pause = std::chrono::milliseconds(10);
  return options;
}

S3TestBucket::S3TestBucket(S3Options changes, S3TestServer server)
    : credentials_(server.credentials),
      client_(http_, credentials_, clock_, quick_s3_client(server.region)),
      options_(std::move(changes)) {
  options_.bucket = "sluice-" + random_id();
  options_.region = server.region;
  if (options_.endpoint.empty()) options_.endpoint = server.endpoint;
  const auto created = ask("PUT", "", {}, "");
  if (created.status != 200) {
    throw std::runtime_error(fmt::format("no bucket: {} {}", created.status, created.body));
  }
}

FetchResponse S3TestBucket::ask(std::string method, const std::string& key, AwsFields query,
                                std::string_view body) {
  const S3Bucket bucket(client_, options_);
  auto call = bucket.call(std::move(method), key);
  call.query = std::move(query);
  call.body = body;
  if (!body.empty()) {
    char digest[EVP_MAX_MD_SIZE];
    unsigned length = 0;
    EVP_Digest(body.data(), body.size(), reinterpret_cast<unsigned char*>(digest), &length,
               EVP_md5(), nullptr);
    call.headers = {{"Content-MD5", to_base64({digest, length})}};
  }
  auto response = bucket.ask(call);
  if (!response) throw std::runtime_error(response.error().message);
  return std::move(*response);
}

void S3TestBucket::allow_origin(const std::string& origin) {
  const auto answer = ask("PUT", "", {{"cors", ""}},
                          "<CORSConfiguration><CORSRule><AllowedOrigin>" + origin +
                              "</AllowedOrigin><AllowedMethod>PUT</AllowedMethod><AllowedHeader>*"
                              "</AllowedHeader></CORSRule></CORSConfiguration>");
  if (answer.status != 200) throw std::runtime_error(answer.body);
}

int send_signed(HttpClient& http, const SignedPut& put, std::string_view body) {
  FetchRequest request;
  request.method = "PUT";
  request.url = put.url;
  request.headers = {put.headers.begin(), put.headers.end()};
  request.body = body;
  const auto response = http.send(request);
  return response ? response->status : 0;
}

}  // namespace sluice
