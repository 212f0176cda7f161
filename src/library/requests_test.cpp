#include "library/requests.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace sluice {
namespace {

using nlohmann::json;

std::string code_of_query(const http::Fields& query) {
  http::Request request;
  request.query = query;
  const auto read = read_video_query(request);
  return read ? "" : read.error().code;
}

TEST(VideoQuery, ReadsWhatIsAsked) {
  http::Request request;
  request.query = {{"limit", "100"}, {"cursor", "abc"}, {"q", "Günther's film"}};
  const VideoQuery query = read_video_query(request).value();
  EXPECT_EQ(query.limit, 100);
  EXPECT_EQ(query.cursor, "abc");
  EXPECT_EQ(query.title_contains, "Günther's film");
  EXPECT_FALSE(query.owner);
}

TEST(VideoQuery, RefusesWhatMakesNoSense) {
  for (const char* limit :
       {"0", "-1", "101", "ten", "1.5", " 1", "1 ", "+1", "0x10", "99999999999999999999"}) {
    EXPECT_EQ(code_of_query({{"limit", limit}}), "invalid_limit") << limit;
  }
  EXPECT_EQ(code_of_query({{"q", "\xFF"}}), "invalid_query");
  EXPECT_EQ(code_of_query({{"q", std::string(201, 'x')}}), "invalid_query");
  EXPECT_EQ(code_of_query({{"cursor", std::string("a\0b", 3)}}), "invalid_query");
  EXPECT_EQ(code_of_query({}), "");
}

TEST(VideoChanges, AreTitleAndVisibility) {
  const auto both = read_video_changes({{"title", " New "}, {"visibility", "unlisted"}}).value();
  EXPECT_EQ(both.title, "New");
  EXPECT_EQ(both.visibility, Visibility::unlisted);
  const auto none = read_video_changes(json::object()).value();
  EXPECT_FALSE(none.title);
  EXPECT_FALSE(none.visibility);
}

TEST(VideoChanges, RefuseEverythingElse) {
  const std::pair<const char*, const char*> cases[] = {
      {R"({"title": null})", "invalid_title"},
      {R"({"title": 5})", "invalid_title"},
      {R"({"title": ["a"]})", "invalid_title"},
      {R"({"title": ""})", "invalid_title"},
      {R"({"title": "a\nb"})", "invalid_title"},
      {R"({"title": "a\u0000b"})", "invalid_title"},
      {R"({"visibility": "Public"})", "invalid_visibility"},
      {R"({"visibility": 1})", "invalid_visibility"},
      {R"({"visibility": null})", "invalid_visibility"},
      {R"({"status": "complete"})", "unknown_field"},
      {R"({"title": "ok", "user_id": "x"})", "unknown_field"},
  };
  for (const auto& [body, code] : cases) {
    const auto read = read_video_changes(json::parse(body));
    ASSERT_FALSE(read) << body;
    EXPECT_EQ(read.error().code, code) << body;
    EXPECT_EQ(read.error().kind, ErrorKind::invalid) << body;
  }
}

}  // namespace
}  // namespace sluice
