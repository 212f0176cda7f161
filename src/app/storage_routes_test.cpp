#include "app/storage_routes.h"

#include <gtest/gtest.h>

#include "base/encoding.h"
#include "storage/local/local_object_store.h"
#include "storage/local/local_upload_store.h"
#include "storage/local/temporary_root.h"

namespace sluice {
namespace {

constexpr std::string_view kKey = "videos/v/source/original";

class StorageRoutes : public testing::Test {
 protected:
  StorageRoutes() { add_storage_routes(router_, store_, clock_); }

  // The request that a client makes with a signed URL.
  http::Request request(std::string_view method, const std::string& url) {
    http::Request request;
    request.method = method;
    const auto path = url.find("/storage/"), query = url.find('?');
    request.path = url.substr(path, query - path);
    for (auto rest = url.substr(query + 1); !rest.empty();) {
      const auto end = std::min(rest.find('&'), rest.size());
      const auto equals = rest.find('=');
      request.query.add(rest.substr(0, equals),
                        percent_decode(rest.substr(equals + 1, end - equals - 1)).value());
      rest.erase(0, end + 1);
    }
    return request;
  }

  http::Response put(const std::string& url, std::string_view body) {
    auto head = request("PUT", url);
    head.content_length = static_cast<std::int64_t>(body.size());
    const auto match = router_.match("PUT", head.path);
    head.params = match.params;
    auto taken = (*match.upload)(head);
    if (!taken.sink) return std::move(taken.refusal);
    EXPECT_TRUE(taken.sink->write(body));
    return taken.sink->finish();
  }

  http::Response get(const std::string& url) {
    auto head = request("GET", url);
    const auto match = router_.match("GET", head.path);
    head.params = match.params;
    return (*match.handler)(head);
  }

  std::string sign_put(std::int64_t size) {
    return store_.sign_put(kKey, size, clock_.now() + std::chrono::minutes{5})->url;
  }

  TemporaryRoot root_;
  FakeClock clock_;
  std::shared_ptr<LocalDisk> disk_ = LocalDisk::open(root_.path()).value();
  LocalUploadStore store_{disk_, {.key = Secret{"secret"}, .public_url = "http://127.0.0.1:1"}};
  http::Router router_;
};

std::string header(const http::Response& response, std::string_view name) {
  for (const auto& [key, value] : response.headers) {
    if (std::equal(key.begin(), key.end(), name.begin(), name.end(),
                   [](char a, char b) { return std::tolower(a) == std::tolower(b); })) {
      return value;
    }
  }
  return "";
}

TEST_F(StorageRoutes, StoreWhatASignedUrlAllows) {
  const auto response = put(sign_put(5), "bytes");
  EXPECT_EQ(response.status, 200);
  EXPECT_FALSE(header(response, "ETag").empty());
  EXPECT_EQ(header(response, "Access-Control-Allow-Origin"), "*");
  EXPECT_EQ(LocalObjectStore{disk_}.stat(kKey)->size_bytes, 5);
}

TEST_F(StorageRoutes, RefuseAnotherSizeBeforeItIsSent) {
  EXPECT_EQ(put(sign_put(5), "more bytes").status, 400);
  EXPECT_FALSE(LocalObjectStore{disk_}.stat(kKey));
}

TEST_F(StorageRoutes, RefuseAnotherKey) {
  auto url = sign_put(5);
  url.replace(url.find("/v/"), 3, "/w/");
  const auto response = put(url, "bytes");
  EXPECT_EQ(response.status, 403);
  EXPECT_EQ(header(response, "Access-Control-Allow-Origin"), "*") << "pages have to see why";
}

TEST_F(StorageRoutes, RefuseAnExpiredUrl) {
  const auto url = sign_put(5);
  clock_.advance(std::chrono::minutes{6});
  EXPECT_EQ(put(url, "bytes").status, 403);
}

TEST_F(StorageRoutes, ReadWhatASignedUrlAllows) {
  ASSERT_TRUE(LocalObjectStore{disk_}.put(kKey, "bytes"));
  const auto url = store_.sign_get(kKey, clock_.now() + std::chrono::minutes{5}).value();
  const auto response = get(url);
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(std::get<http::SourceBody>(response.body).length, 5);
  EXPECT_EQ(put(url, "bytes").status, 403) << "a URL for reading does not write";
}

TEST_F(StorageRoutes, AnswerAPagesQuestionBeforeItsUpload) {
  EXPECT_NE(router_.match("OPTIONS", "/storage/uploads/videos/v/source/original").handler, nullptr);
}

}  // namespace
}  // namespace sluice
