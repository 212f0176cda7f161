#include "ingest/storage_routes.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fmt/format.h>

#include "http/testing_client.h"
#include "storage/local/local_object_store.h"
#include "storage/local/local_upload_store.h"
#include "storage/local/temporary_root.h"

namespace sluice {
namespace {

using http::testing::Client;
using http::testing::Reply;

const std::string kKey = "videos/v1/source/original";

http::Router storage_router(UploadReceiver& receiver, const Clock& clock) {
  http::Router router;
  add_storage_routes(router, receiver, clock);
  return router;
}

// Says when a writer is gone, with its file.
class WatchedReceiver final : public UploadReceiver {
 public:
  explicit WatchedReceiver(UploadReceiver& inner) : inner_(inner) {}

  Result<std::unique_ptr<UploadWriter>> begin_put(std::string_view key, const Query& query,
                                                  std::int64_t content_length,
                                                  Timestamp now) override {
    SLUICE_TRY_ASSIGN(auto writer, inner_.begin_put(key, query, content_length, now));
    return std::make_unique<Writer>(std::move(writer), writer_gone);
  }
  Result<SignedObject> open_signed(std::string_view key, const Query& query,
                                   Timestamp now) override {
    return inner_.open_signed(key, query, now);
  }

  http::testing::Signal writer_gone;

 private:
  class Writer final : public UploadWriter {
   public:
    Writer(std::unique_ptr<UploadWriter> inner, http::testing::Signal& gone)
        : inner_(std::move(inner)), gone_(gone) {}
    ~Writer() override {
      inner_.reset();
      gone_.raise();
    }
    Result<> write(std::string_view bytes) override { return inner_->write(bytes); }
    Result<std::string> commit() override { return inner_->commit(); }

   private:
    std::unique_ptr<UploadWriter> inner_;
    http::testing::Signal& gone_;
  };

  UploadReceiver& inner_;
};

class StorageRoutes : public testing::Test {
 protected:
  std::string sign_put(std::int64_t size_bytes) {
    return uploads_.sign_put(kKey, size_bytes, expires_at_).value().url;
  }
  Reply request(std::string_view method, const std::string& target, std::string_view body = "",
                std::string_view headers = "") {
    return server_.connect().request(method, target, headers, body);
  }
  std::string object() {
    const auto source = objects_.open(kKey);
    if (!source) return "absent";
    std::string bytes(static_cast<std::size_t>((*source)->size_bytes()), '\0');
    EXPECT_TRUE((*source)->read_at(0, bytes));
    return bytes;
  }
  // Of files that are growing.
  bool nothing_is_pending() const {
    for (const auto& entry :
         std::filesystem::recursive_directory_iterator(root_.path() + "/~tmp")) {
      if (entry.is_regular_file()) return false;
    }
    return true;
  }

  TemporaryRoot root_;
  FakeClock clock_;
  const Timestamp expires_at_ = clock_.now() + std::chrono::minutes{15};
  std::shared_ptr<LocalDisk> disk_ = LocalDisk::open(root_.path()).value();
  LocalObjectStore objects_{disk_};
  // Without a public URL, a signed URL is a target as it stands on the request line.
  LocalUploadStore uploads_{disk_, {.key = Secret("a key for tests"), .public_url = ""}};
  WatchedReceiver receiver_{uploads_};
  http::testing::RunningServer server_{storage_router(receiver_, clock_)};
};

TEST_F(StorageRoutes, StoreASignedPutAndReadItBack) {
  const auto bytes = http::testing::pattern_bytes(3'000'001);
  const auto put = request("PUT", sign_put(3'000'001), bytes);
  EXPECT_EQ(put.status, 200);
  EXPECT_EQ(put.headers.at("access-control-allow-origin"), "*");
  EXPECT_NE(put.headers.at("access-control-expose-headers").find("ETag"), std::string::npos);
  EXPECT_EQ(object(), bytes);

  const auto url = uploads_.sign_get(kKey, expires_at_).value();
  const auto get = request("GET", url);
  EXPECT_EQ(get.status, 200);
  EXPECT_EQ(get.body, bytes);
  EXPECT_EQ(get.headers.at("etag"), put.headers.at("etag"));
  EXPECT_EQ(get.headers.at("content-disposition"), "attachment");
  EXPECT_EQ(request("HEAD", url).headers.at("content-length"), "3000001");
  EXPECT_EQ(request("GET", url, "", "Range: bytes=10-19\r\n").body, bytes.substr(10, 10));
}

TEST_F(StorageRoutes, StorePartsThatAreThenJoined) {
  const auto id = uploads_.create_multipart(kKey).value();
  for (const int number : {2, 1}) {
    const auto url = uploads_.sign_part(kKey, id, number, 5, expires_at_).value().url;
    EXPECT_EQ(request("PUT", url, number == 1 ? "first" : "secnd").status, 200);
  }
  EXPECT_TRUE(uploads_.complete_multipart(kKey, id, uploads_.list_parts(kKey, id).value()));
  EXPECT_EQ(object(), "firstsecnd");
}

TEST_F(StorageRoutes, RefuseAWrongLengthBeforeTheBodyIsSent) {
  auto client = server_.connect();
  client.send(
      fmt::format("PUT {} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 6\r\n"
                  "Expect: 100-continue\r\n\r\n",
                  sign_put(5)));
  const auto reply = client.read();
  EXPECT_EQ(reply.status, 400);
  EXPECT_NE(reply.body.find("size_mismatch"), std::string::npos);
  EXPECT_EQ(reply.headers.at("access-control-allow-origin"), "*");
  EXPECT_EQ(object(), "absent");
}

TEST_F(StorageRoutes, RefuseWhatIsNotSignedWith403) {
  const auto url = sign_put(5);
  auto tampered = url;
  tampered.back() = tampered.back() == 'A' ? 'E' : 'A';
  const std::string targets[] = {tampered, url.substr(0, url.find('?')), url + "x",
                                 "/storage/uploads/other" + url.substr(url.find('?'))};
  for (const auto& target : targets) {
    const auto reply = request("PUT", target, "hello");
    EXPECT_EQ(reply.status, 403) << target;
    EXPECT_NE(reply.body.find("bad_signature"), std::string::npos);
    EXPECT_FALSE(reply.headers.contains("location"));
    EXPECT_EQ(request("GET", target).status, 403) << target;
  }
  clock_.advance(std::chrono::minutes{15});
  EXPECT_NE(request("PUT", url, "hello").body.find("url_expired"), std::string::npos);
  EXPECT_EQ(object(), "absent");
}

TEST_F(StorageRoutes, LeadNowhereOutsideTheStore) {
  const auto query = sign_put(5).substr(std::string("/storage/uploads/" + kKey).size());
  for (const auto* path : {"../secret", "..%2fsecret", "a/%2e%2e/b", "%2fetc/passwd", "a//b",
                           "~tmp/x", "", "a%00b", "%ff"}) {
    for (const auto* method : {"PUT", "GET"}) {
      const auto reply = request(method, "/storage/uploads/" + std::string(path) + query,
                                 std::string_view(method) == "PUT" ? "hello" : "");
      EXPECT_GE(reply.status, 400) << method << " " << path;
      EXPECT_LT(reply.status, 500) << method << " " << path;
    }
  }
  EXPECT_TRUE(objects_.list("")->empty());
}

TEST_F(StorageRoutes, LeaveNothingOfAnUploadThatBreaksOff) {
  {
    auto client = server_.connect();
    client.send(fmt::format("PUT {} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nhel",
                            sign_put(5)));
  }
  EXPECT_TRUE(receiver_.writer_gone.wait());
  EXPECT_EQ(object(), "absent");
  EXPECT_TRUE(nothing_is_pending());
}

TEST_F(StorageRoutes, LetBrowsersOfAnyOriginUpload) {
  const auto reply =
      request("OPTIONS", sign_put(5), "",
              "Origin: https://example.com\r\nAccess-Control-Request-Method: PUT\r\n");
  EXPECT_EQ(reply.status, 204);
  EXPECT_EQ(reply.headers.at("access-control-allow-origin"), "*");
  EXPECT_EQ(reply.headers.at("access-control-allow-methods"), "PUT, GET, HEAD");
  EXPECT_EQ(reply.headers.at("access-control-allow-headers"), "*");
}

std::int64_t peak_memory_kib() {
  const UniqueFd fd(::open("/proc/self/status", O_RDONLY));
  char text[8192];
  const auto count = ::read(fd.get(), text, sizeof text);
  const std::string_view status(text, static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
  return std::stoll(std::string(status.substr(status.find("VmHWM:") + 6, 20)));
}

TEST_F(StorageRoutes, HoldNoBodyInMemory) {
  constexpr std::int64_t kBlocks = 64;
  const auto block = http::testing::pattern_bytes(1 << 20);
  auto client = server_.connect();
  const auto before = peak_memory_kib();
  client.send(fmt::format("PUT {} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {}\r\n\r\n",
                          sign_put(kBlocks << 20), kBlocks << 20));
  for (int i = 0; i < kBlocks; ++i) ASSERT_TRUE(client.send(block));
  EXPECT_EQ(client.read().status, 200);
  EXPECT_EQ(objects_.stat(kKey)->size_bytes, kBlocks << 20);
  EXPECT_LT(peak_memory_kib() - before, 16 * 1024);
}

}  // namespace
}  // namespace sluice
