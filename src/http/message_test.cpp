#include "http/message.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "http/byte_range.h"
#include "http/request_target.h"
#include "http/response_head.h"
#include "http/testing_client.h"

namespace sluice::http {
namespace {

std::string header_of(const Response& response, std::string_view name) {
  for (const auto& [header, value] : response.headers) {
    if (header == name) return value;
  }
  return "";
}

TEST(Fields, ForgetWhatWasCleared) {
  Fields fields{{"a", "1"}, {"b", "2"}};
  fields.clear();
  fields.add("c", "3");
  EXPECT_EQ(fields.size(), 1u);
  EXPECT_EQ(fields.get("a"), "");
  EXPECT_EQ(fields.get("c"), "3");
  Fields moved = std::move(fields);
  EXPECT_TRUE(moved.contains("c"));
}

TEST(Request, FindsACookieAmongOthers) {
  Request request;
  request.headers["cookie"] = "a=1; session=x=y; sessions=2";
  EXPECT_EQ(request.cookie("session"), "x=y");
  EXPECT_EQ(request.cookie("sessions"), "2");
  EXPECT_EQ(request.cookie("none"), "");
}

TEST(RequestTarget, SplitsAndDecodes) {
  Request request;
  ASSERT_TRUE(read_target("/a/b%20c?q=x+y%2B&empty&q=second", request));
  EXPECT_EQ(request.path, "/a/b%20c");
  EXPECT_EQ(request.query_value("q"), "x y+");
  EXPECT_TRUE(request.query.contains("empty"));
  ASSERT_TRUE(read_target("http://host:1/p?a=b", request));
  EXPECT_EQ(request.path, "/p");
  for (const auto* bad : {"a", "", "/a?x=%", "/a?%ff=1", "/a?x=%00", "/a#b", "host:80"}) {
    EXPECT_FALSE(read_target(bad, request)) << bad;
  }
}

TEST(Problem, HasTheShapeOfTheStandard) {
  const auto response =
      Response::problem(Error{ErrorKind::conflict, "not_uploaded", "Nothing \"there\"."});
  EXPECT_EQ(response.status, 409);
  EXPECT_EQ(header_of(response, "Content-Type"), "application/problem+json");
  const auto body = nlohmann::json::parse(std::get<std::string>(response.body));
  EXPECT_EQ(body["code"], "not_uploaded");
  EXPECT_EQ(body["status"], 409);
  EXPECT_EQ(body["title"], "Conflict");
  EXPECT_EQ(body["detail"], "Nothing \"there\".");
}

TEST(Json, SurvivesTextThatIsNotUtf8) {
  const auto response = Response::json(200, {{"title", "\xff"}});
  EXPECT_TRUE(nlohmann::json::accept(std::get<std::string>(response.body)));
}

TEST(JsonBody, TakesOnlyJsonObjects) {
  struct Row {
    std::string type, body, code;
  };
  const Row rows[] = {
      {"application/json", R"({"a":1})", ""},
      {"Application/JSON; charset=utf-8", R"({})", ""},
      {"application/json", R"({"a":)", "invalid_json"},
      {"application/json", "", "invalid_json"},
      {"application/json", "[1]", "invalid_json"},
      {"application/json", "\"\xff\"", "invalid_json"},
      {"application/json", std::string(60'000, '['), "invalid_json"},
      {"text/plain", "{}", "unsupported_media_type"},
      {"", "{}", "unsupported_media_type"},
      {"application/jsonp", "{}", "unsupported_media_type"},
  };
  for (const auto& row : rows) {
    Request request;
    request.headers["content-type"] = row.type;
    request.body = row.body;
    const auto result = json_body(request);
    EXPECT_EQ(result ? "" : result.error().code, row.code) << row.type << row.body.substr(0, 20);
  }
}

TEST(ResponseHead, LetsNoValueEndAHeader) {
  Response response = Response::empty(302).set("Location", "/a\r\nSet-Cookie: x=1");
  std::string head;
  append_head(head, response, {});
  EXPECT_EQ(head.find("\nSet-Cookie"), std::string::npos);
  EXPECT_NE(head.find("Location: /a  Set-Cookie: x=1\r\n"), std::string::npos);
}

TEST(HttpDate, IsAsInTheStandard) {
  EXPECT_EQ(http_date(784111777), "Sun, 06 Nov 1994 08:49:37 GMT");
}

TEST(ByteRange, FollowsTheStandard) {
  using Kind = ByteRange::Kind;
  struct Row {
    std::string_view header;
    Kind kind;
    std::int64_t offset, length;
  };
  constexpr Row kRows[] = {
      {"bytes=0-0", Kind::part, 0, 1},
      {"bytes=10-19", Kind::part, 10, 10},
      {"BYTES=10-", Kind::part, 10, 990},
      {"bytes=-500", Kind::part, 500, 500},
      {"bytes=-5000", Kind::part, 0, 1000},
      {"bytes=990-5000", Kind::part, 990, 10},
      {"bytes=0-99999999999999999999", Kind::part, 0, 1000},
      {"bytes=1000-", Kind::unsatisfiable, 0, 0},
      {"bytes=99999999999999999999-", Kind::unsatisfiable, 0, 0},
      {"bytes=-0", Kind::unsatisfiable, 0, 0},
      {"bytes=5-4", Kind::whole, 0, 0},
      {"bytes=0-1,4-5", Kind::whole, 0, 0},
      {"bytes=", Kind::whole, 0, 0},
      {"bytes=-", Kind::whole, 0, 0},
      {"bytes=a-b", Kind::whole, 0, 0},
      {"bytes=+1-2", Kind::whole, 0, 0},
      {"bytes=--2", Kind::whole, 0, 0},
      {"items=0-1", Kind::whole, 0, 0},
      {"", Kind::whole, 0, 0},
  };
  for (const auto& row : kRows) {
    const auto range = read_byte_range(row.header, 1000);
    EXPECT_EQ(range.kind, row.kind) << row.header;
    EXPECT_EQ(range.offset, row.offset) << row.header;
    EXPECT_EQ(range.length, row.length) << row.header;
  }
  EXPECT_EQ(read_byte_range("bytes=0-", 0).kind, Kind::unsatisfiable);
}

TEST(ServeSource, AnswersConditionsAndRanges) {
  struct Row {
    std::string method;
    Fields headers;
    int status;
    std::string content_range;
  };
  const Row rows[] = {
      {"GET", {}, 200, ""},
      {"GET", {{"if-none-match", "\"tag\""}}, 304, ""},
      {"GET", {{"if-none-match", "\"other\", W/\"tag\""}}, 304, ""},
      {"GET", {{"if-none-match", "*"}}, 304, ""},
      {"GET", {{"if-none-match", "\"other\""}}, 200, ""},
      {"HEAD", {{"if-none-match", "\"tag\""}}, 304, ""},
      {"GET", {{"range", "bytes=0-9"}}, 206, "bytes 0-9/1000"},
      {"HEAD", {{"range", "bytes=0-9"}}, 200, ""},
      {"GET", {{"range", "bytes=0-9"}, {"if-range", "\"tag\""}}, 206, "bytes 0-9/1000"},
      {"GET", {{"range", "bytes=0-9"}, {"if-range", "W/\"tag\""}}, 200, ""},
      {"GET", {{"range", "bytes=0-9"}, {"if-range", "Sun, 06 Nov 1994 08:49:37 GMT"}}, 200, ""},
      {"GET", {{"range", "bytes=2000-"}}, 416, "bytes */1000"},
      {"GET", {{"range", "bytes=2000-"}, {"if-range", "\"old\""}}, 200, ""},
      {"GET", {{"range", "bytes=0-1,3-4"}}, 200, ""},
  };
  const auto source = std::make_shared<testing::MemorySource>(std::string(1000, 'x'));
  for (const auto& row : rows) {
    Request request;
    request.method = row.method;
    request.headers = row.headers;
    const auto response = serve_source(request, source, "tag", "video/mp4", "public, max-age=60");
    EXPECT_EQ(response.status, row.status);
    EXPECT_EQ(header_of(response, "Content-Range"), row.content_range);
    EXPECT_EQ(header_of(response, "Accept-Ranges"), "bytes");
    if (row.status < 400) {
      EXPECT_EQ(header_of(response, "ETag"), "\"tag\"");
      EXPECT_EQ(header_of(response, "Cache-Control"), "public, max-age=60");
    }
  }
}

}  // namespace
}  // namespace sluice::http
