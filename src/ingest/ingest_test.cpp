#include "ingest/ingest.h"

#include <gmock/gmock.h>

#include "library/api_fixture.h"
#include "video/object_key.h"

namespace sluice {
namespace {

using sluice::testing::Answer;
using sluice::testing::Api;
using sluice::testing::json;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr std::int64_t kMiB = std::int64_t{1} << 20;

class IngestTest : public ::testing::Test {
 protected:
  Answer initiate(const json& body, std::string_view who = "alice") {
    return api_.call("POST", "/api/uploads/initiate", who, body);
  }
  Answer complete(const std::string& video, std::string_view who = "alice") {
    return api_.call("POST", "/api/uploads/complete", who, {{"video_id", video}});
  }
  Answer parts(const std::string& video, const json& numbers, std::string_view who = "alice") {
    return api_.call("POST", "/api/uploads/parts", who,
                     {{"video_id", video}, {"part_numbers", numbers}});
  }
  Answer show(const std::string& video, std::string_view who = "alice") {
    return api_.call("GET", "/api/uploads/" + video, who);
  }
  Answer abort(const std::string& video, std::string_view who = "alice") {
    return api_.call("DELETE", "/api/uploads/" + video, who);
  }
  std::string status_of(const std::string& video) {
    return std::string(to_string(api_.catalog().find_video(VideoId(video)).value().status));
  }

  Api api_;
};

TEST_F(IngestTest, TakesASmallFileInOnePut) {
  const Answer initiated = initiate({{"filename", "a.mp4"}, {"size_bytes", 5}});
  ASSERT_EQ(initiated.status, 201) << initiated.text;
  EXPECT_EQ(initiated.body["status"], "pending");
  const json& upload = initiated.body["upload"];
  EXPECT_EQ(upload["type"], "single");
  EXPECT_EQ(upload["method"], "PUT");
  EXPECT_TRUE(upload["headers"].is_object());
  EXPECT_EQ(upload["expires_at"], to_rfc3339(api_.clock().now() + std::chrono::hours{1}));

  const std::string video = initiated.body["video_id"];
  ASSERT_EQ(api_.put(upload["url"], "bytes"), "");
  const Answer completed = complete(video);
  EXPECT_EQ(completed.status, 202);
  EXPECT_EQ(completed.body, json({{"video_id", video}, {"status", "queued"}}));
  EXPECT_EQ(api_.woken(), 1);
  EXPECT_EQ(api_.catalog().unpublished(10).value().size(), 1u);
}

TEST_F(IngestTest, GoesOnWhereAnUploadWasInterrupted) {
  const std::int64_t size = 8 * kMiB + 3;
  const Answer initiated =
      initiate({{"filename", "a.mp4"}, {"size_bytes", size}, {"multipart", true}});
  const std::string video = initiated.body["video_id"];
  const json& upload = initiated.body["upload"];
  EXPECT_EQ(upload["type"], "multipart");
  EXPECT_EQ(upload["part_size"], 8 * kMiB);
  EXPECT_EQ(upload["part_count"], 2);
  ASSERT_EQ(upload["parts"].size(), 2u);

  ASSERT_EQ(api_.put(upload["parts"][1]["url"], "end"), "");
  const Answer early = complete(video);
  EXPECT_EQ(early.status, 409);
  EXPECT_EQ(early.code(), "upload_incomplete");
  EXPECT_THAT(early.body["detail"].get<std::string>(), HasSubstr("1 of 2 parts"));
  EXPECT_EQ(status_of(video), "pending");

  api_.clock().advance(std::chrono::hours{2});
  EXPECT_EQ(api_.put(upload["parts"][0]["url"], std::string(8 * kMiB, 'x')), "url_expired");
  const Answer so_far = show(video);
  EXPECT_EQ(so_far.body["part_size"], 8 * kMiB);
  EXPECT_EQ(so_far.body["parts"], json::parse(R"([{"part_number": 2, "size_bytes": 3}])"));
  const Answer again = parts(video, {1});
  ASSERT_EQ(again.status, 200);
  ASSERT_EQ(api_.put(again.body["parts"][0]["url"], std::string(8 * kMiB, 'x')), "");
  EXPECT_EQ(complete(video).status, 202);
  EXPECT_EQ(api_.objects().stat(source_key(VideoId(video))).value().size_bytes, size);
}

TEST_F(IngestTest, ChoosesPartsByTheSize) {
  EXPECT_EQ(initiate({{"filename", "a"}, {"size_bytes", 64 * kMiB}}).body["upload"]["type"],
            "single");
  const Answer large = initiate({{"filename", "a"}, {"size_bytes", 64 * kMiB + 1}});
  EXPECT_EQ(large.body["upload"]["part_count"], 9);
  EXPECT_EQ(large.body["upload"]["parts"].size(), 9u);
  const Answer largest = initiate({{"filename", "a"}, {"size_bytes", sluice::testing::kMostBytes}});
  EXPECT_LE(largest.body["upload"]["part_count"], 10'000);
  EXPECT_EQ(largest.body["upload"]["parts"].size(), 10u) << "only the first few";
  const Answer too_large =
      initiate({{"filename", "a"}, {"size_bytes", sluice::testing::kMostBytes + 1}});
  EXPECT_EQ(too_large.status, 413);
  EXPECT_EQ(too_large.code(), "upload_too_large");
  EXPECT_THAT(too_large.body["detail"].get<std::string>(), HasSubstr("100 GiB"));
}

TEST_F(IngestTest, CompletesAgainWithoutHarm) {
  const std::string video = api_.upload();
  EXPECT_EQ(complete(video).body["status"], "queued");
  EXPECT_EQ(api_.catalog().unpublished(10).value().size(), 1u) << "one task";
  api_.prepare(video);
  EXPECT_EQ(complete(video).status, 202);
  EXPECT_EQ(complete(video).body["status"], "processing");
}

TEST_F(IngestTest, CompletesWhatWasJoinedBeforeACrash) {
  const Answer initiated =
      initiate({{"filename", "a.mp4"}, {"size_bytes", 5}, {"multipart", true}});
  const std::string video = initiated.body["video_id"];
  ASSERT_EQ(api_.put(initiated.body["upload"]["parts"][0]["url"], "bytes"), "");
  const auto upload = api_.catalog().find_upload(VideoId(video)).value();
  ASSERT_TRUE(
      api_.uploads().complete_multipart(source_key(VideoId(video)), upload.upload_id, {{1, 5}}));
  EXPECT_EQ(show(video).body["parts"], json::parse(R"([{"part_number": 1, "size_bytes": 5}])"));
  EXPECT_EQ(complete(video).status, 202);
}

TEST_F(IngestTest, DoesNotCompleteBeforeTheBytesAreHere) {
  const Answer initiated = initiate({{"filename", "a.mp4"}, {"size_bytes", 5}});
  const std::string video = initiated.body["video_id"];
  EXPECT_EQ(complete(video).status, 409);
  EXPECT_EQ(complete(video).code(), "upload_incomplete");
  EXPECT_THAT(show(video).body["parts"], IsEmpty());
  EXPECT_EQ(api_.put(initiated.body["upload"]["url"], "four"), "size_mismatch");
  EXPECT_EQ(complete(video).code(), "upload_incomplete");
  // Whatever came to lie there by another way is not what was announced.
  ASSERT_TRUE(api_.objects().put(source_key(VideoId(video)), "longer than five"));
  EXPECT_EQ(complete(video).status, 409);
  EXPECT_EQ(complete(video).code(), "size_mismatch");
  EXPECT_EQ(status_of(video), "pending");
}

TEST_F(IngestTest, TakesAnEmptyFile) {
  const Answer initiated =
      initiate({{"filename", "a.mp4"}, {"size_bytes", 0}, {"multipart", true}});
  ASSERT_EQ(initiated.status, 201);
  EXPECT_EQ(initiated.body["upload"]["type"], "single");
  const std::string video = initiated.body["video_id"];
  ASSERT_EQ(api_.put(initiated.body["upload"]["url"], ""), "");
  EXPECT_EQ(complete(video).status, 202);
}

TEST_F(IngestTest, RenewsTheAddressOfASinglePut) {
  const Answer initiated = initiate({{"filename", "a.mp4"}, {"size_bytes", 5}});
  const std::string video = initiated.body["video_id"];
  api_.clock().advance(std::chrono::hours{2});
  ASSERT_EQ(api_.put(initiated.body["upload"]["url"], "bytes"), "url_expired");
  ASSERT_EQ(api_.put(show(video).body["upload"]["url"], "bytes"), "");
  EXPECT_EQ(show(video).body["parts"].size(), 1u);
  EXPECT_EQ(complete(video).status, 202);
  EXPECT_FALSE(show(video).body.contains("upload"));
}

TEST_F(IngestTest, ExpiresWithItsDeadline) {
  const Answer initiated = initiate({{"filename", "a.mp4"}, {"size_bytes", 5}});
  const std::string video = initiated.body["video_id"];
  api_.clock().advance(std::chrono::hours{24});
  ASSERT_TRUE(api_.catalog().sweep(api_.clock().now()));
  EXPECT_EQ(complete(video).status, 409);
  EXPECT_EQ(complete(video).code(), "upload_expired");
  EXPECT_EQ(parts(video, {1}).code(), "upload_expired");
  EXPECT_EQ(abort(video).status, 204);
}

TEST_F(IngestTest, AbortRemovesPartsAndVideo) {
  const Answer initiated =
      initiate({{"filename", "a.mp4"}, {"size_bytes", 5}, {"multipart", true}});
  const std::string video = initiated.body["video_id"];
  const std::string url = initiated.body["upload"]["parts"][0]["url"];
  ASSERT_EQ(api_.put(url, "bytes"), "");
  EXPECT_EQ(abort(video).status, 204);
  EXPECT_NE(api_.put(url, "bytes"), "");
  EXPECT_EQ(show(video).status, 404);
  EXPECT_EQ(complete(video).status, 404);
  EXPECT_EQ(abort(video).status, 404);
}

TEST_F(IngestTest, DoesNotAbortWhatIsComplete) {
  const std::string video = api_.upload();
  EXPECT_EQ(abort(video).status, 409);
  EXPECT_EQ(abort(video).code(), "upload_finished");
  EXPECT_EQ(parts(video, {1}).code(), "upload_finished");
  EXPECT_TRUE(api_.objects().stat(source_key(VideoId(video))));
}

TEST_F(IngestTest, SignsNoPartsOfASinglePut) {
  const std::string video = initiate({{"filename", "a"}, {"size_bytes", 5}}).body["video_id"];
  EXPECT_EQ(parts(video, {1}).code(), "not_multipart");
}

TEST_F(IngestTest, SignsOnlyPartsOfThePlan) {
  const std::string video =
      initiate({{"filename", "a"}, {"size_bytes", 5}, {"multipart", true}}).body["video_id"];
  EXPECT_EQ(parts(video, {1}).status, 200);
  EXPECT_EQ(parts(video, {2}).code(), "invalid_part_numbers");
  EXPECT_EQ(parts(video, "all").status, 400);
}

TEST_F(IngestTest, IsForSignedInUsers) {
  const std::string video = initiate({{"filename", "a"}, {"size_bytes", 5}}).body["video_id"];
  EXPECT_EQ(initiate({{"filename", "a"}, {"size_bytes", 5}}, "").status, 401);
  for (const char* who : {"", "not-a-token"}) {
    EXPECT_EQ(parts(video, {1}, who).status, 401);
    EXPECT_EQ(complete(video, who).status, 401);
    EXPECT_EQ(show(video, who).status, 401);
    EXPECT_EQ(abort(video, who).status, 401);
  }
}

TEST_F(IngestTest, ShowsNobodyElsesUploads) {
  const std::string mine = initiate({{"filename", "a"}, {"size_bytes", 5}}).body["video_id"];
  for (const std::string& video : {mine, std::string("unknown")}) {
    EXPECT_EQ(parts(video, {1}, "bob").status, 404);
    EXPECT_EQ(complete(video, "bob").status, 404);
    EXPECT_EQ(show(video, "bob").status, 404);
    EXPECT_EQ(abort(video, "bob").status, 404);
    EXPECT_EQ(abort(video, "bob").code(), "video_not_found");
  }
  EXPECT_EQ(show(mine).status, 200);
}

TEST_F(IngestTest, RefusesMalformedBodies) {
  for (const char* route : {"initiate", "parts", "complete"}) {
    const std::string target = std::string("/api/uploads/") + route;
    for (const char* body :
         {"", "{", "[]", "null", "7", "\"x\"", "{}", "{\"video_id\":5}", "\xFF"}) {
      EXPECT_EQ(api_.call("POST", target, "alice", json(std::string(body))).status, 400)
          << route << " " << body;
    }
    EXPECT_EQ(
        api_.call("POST", target, "alice", json::object(), {{"content-type", "text/plain"}}).code(),
        "unsupported_media_type");
  }
}

TEST_F(IngestTest, NeverMakesAPathOfAName) {
  const Answer initiated = initiate({{"filename", "../../../etc/passwd"}, {"size_bytes", 5}});
  const std::string url = initiated.body["upload"]["url"];
  EXPECT_THAT(url, HasSubstr("/videos/" + initiated.body["video_id"].get<std::string>() +
                             "/source/original?"));
  for (const char* id : {"..", "%2e%2e%2f", "..%2f..%2fetc", "%00"}) {
    const int status = show(id).status;
    EXPECT_TRUE(status == 404 || status == 400) << id;
  }
}

}  // namespace
}  // namespace sluice
