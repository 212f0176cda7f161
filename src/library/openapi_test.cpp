// docs/openapi.json says what the routes really answer.

#include <gmock/gmock.h>

#include <fstream>
#include <set>

#include "library/api_fixture.h"

namespace sluice {
namespace {

using sluice::testing::Api;
using sluice::testing::json;
using ::testing::IsSubsetOf;

class OpenApi : public ::testing::Test {
 protected:
  OpenApi() {
    std::ifstream file(SLUICE_OPENAPI);
    specification_ = json::parse(file);
  }

  const json& schema(const json& described) const {
    if (!described.contains("$ref")) return described;
    const std::string pointer = described["$ref"];
    return specification_.at(json::json_pointer(pointer.substr(1)));
  }

  // Names under "properties" or "required" of an object, with those of allOf.
  std::set<std::string> names(const json& described, const char* what) const {
    const json& object = schema(described);
    std::set<std::string> found;
    for (const json& part : object.value("allOf", json::array())) found.merge(names(part, what));
    const json own = object.value(what, json());
    if (own.is_object()) {
      for (const auto& [name, value] : own.items()) found.insert(name);
    } else {
      for (const json& name : own) found.insert(name);
    }
    return found;
  }

  void expect_described(const json& answer, const std::string& schema_name) const {
    const json described = {{"$ref", "#/components/schemas/" + schema_name}};
    std::set<std::string> members;
    for (const auto& [name, value] : answer.items()) members.insert(name);
    EXPECT_THAT(members, IsSubsetOf(names(described, "properties"))) << schema_name;
    EXPECT_THAT(names(described, "required"), IsSubsetOf(members)) << schema_name;
  }

  json specification_;
  Api api_;
};

TEST_F(OpenApi, NamesEveryRoute) {
  const std::pair<const char*, const char*> routes[] = {
      {"post", "/api/uploads/initiate"},
      {"post", "/api/uploads/parts"},
      {"post", "/api/uploads/complete"},
      {"get", "/api/uploads/{video_id}"},
      {"delete", "/api/uploads/{video_id}"},
      {"get", "/api/videos"},
      {"get", "/api/videos/{id}"},
      {"patch", "/api/videos/{id}"},
      {"delete", "/api/videos/{id}"},
      {"post", "/api/videos/{id}/retry"},
      {"get", "/api/videos/{id}/events"},
      {"post", "/api/videos/{id}/tracks"},
      {"delete", "/api/videos/{id}/tracks/{track}"},
      {"get", "/play/{token}/master.m3u8"},
      {"get", "/play/{token}/{track}/playlist.m3u8"},
      {"get", "/play/{token}/{track}/{name}"},
      {"get", "/play/{token}/storyboard.vtt"},
      {"get", "/play/{token}/images/{name}"},
  };
  for (const auto& [method, path] : routes) {
    ASSERT_TRUE(specification_["paths"].contains(path)) << path;
    EXPECT_TRUE(specification_["paths"][path].contains(method)) << method << " " << path;
  }
}

TEST_F(OpenApi, DescribesUploads) {
  const json single =
      api_.call("POST", "/api/uploads/initiate", "alice", {{"filename", "a"}, {"size_bytes", 1}})
          .body;
  expect_described(single, "StartedUpload");
  expect_described(single["upload"], "SingleUpload");
  const json multipart = api_.call("POST", "/api/uploads/initiate", "alice",
                                   {{"filename", "a"}, {"size_bytes", 1}, {"multipart", true}})
                             .body;
  expect_described(multipart["upload"], "MultipartUpload");
  expect_described(multipart["upload"]["parts"][0], "SignedPart");
  const std::string video = multipart["video_id"];
  expect_described(api_.call("GET", "/api/uploads/" + video, "alice").body, "UploadProgress");
}

TEST_F(OpenApi, DescribesTracks) {
  const std::string video = api_.complete_video();
  const auto added = api_.call("POST", "/api/videos/" + video + "/tracks?language=en", "alice",
                               "WEBVTT\n\n00:01.000 --> 00:02.000\nHello\n");
  expect_described(added.body, "Track");
  const json detail = api_.call("GET", "/api/videos/" + video).body;
  expect_described(detail["tracks"][0], "Track");
}

TEST_F(OpenApi, DescribesVideos) {
  const std::string video = api_.complete_video();
  const json detail = api_.call("GET", "/api/videos/" + video).body;
  expect_described(detail, "Video");
  expect_described(detail["renditions"][0], "Rendition");
  expect_described(detail["source"], "Source");
  expect_described(detail["source"]["video"], "SourceVideo");
  expect_described(detail["source"]["audio"][0], "SourceAudio");
  expect_described(api_.call("GET", "/api/videos/" + video, "alice").body["notes"][0], "Note");
  const json page = api_.call("GET", "/api/videos").body;
  expect_described(page, "VideoPage");
  expect_described(page["videos"][0], "VideoSummary");
  expect_described(api_.call("GET", "/api/videos/unknown").body, "Problem");
}

}  // namespace
}  // namespace sluice
