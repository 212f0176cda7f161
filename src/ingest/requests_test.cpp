#include "ingest/requests.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace sluice {
namespace {

using nlohmann::json;

Result<NewUpload> read(const char* body) {
  return read_new_upload(json::parse(body), {.max_upload_bytes = std::int64_t{1} << 30});
}

TEST(NewUpload, NeedsNoMoreThanNameAndSize) {
  const NewUpload upload = read(R"({"filename": "My film.mp4", "size_bytes": 5})").value();
  EXPECT_EQ(upload.filename, "My film.mp4");
  EXPECT_EQ(upload.title, "My film");
  EXPECT_EQ(upload.size_bytes, 5);
  EXPECT_EQ(upload.visibility, Visibility::public_);
  EXPECT_FALSE(upload.multipart);
}

TEST(NewUpload, TakesEverythingElse) {
  const NewUpload upload = read(R"({"filename": "../../etc/passwd", "size_bytes": 1073741824,
      "content_type": "video/mp4", "title": "Holiday", "visibility": "private",
      "multipart": true})")
                               .value();
  EXPECT_EQ(upload.filename, "../../etc/passwd") << "data, and nothing else";
  EXPECT_EQ(upload.title, "Holiday");
  EXPECT_EQ(upload.visibility, Visibility::private_);
  EXPECT_TRUE(upload.multipart);
  EXPECT_TRUE(read(R"({"filename": "a", "size_bytes": 0, "title": null, "content_type": null})"));
}

TEST(NewUpload, RefusesWhatItCannotUse) {
  const std::pair<const char*, const char*> cases[] = {
      {R"({})", "invalid_filename"},
      {R"({"filename": "", "size_bytes": 1})", "invalid_filename"},
      {R"({"filename": 7, "size_bytes": 1})", "invalid_filename"},
      {R"({"filename": {"a": 1}, "size_bytes": 1})", "invalid_filename"},
      {R"({"filename": "a\u0000b", "size_bytes": 1})", "invalid_filename"},
      {R"({"filename": "a"})", "invalid_size_bytes"},
      {R"({"filename": "a", "size_bytes": null})", "invalid_size_bytes"},
      {R"({"filename": "a", "size_bytes": "5"})", "invalid_size_bytes"},
      {R"({"filename": "a", "size_bytes": -1})", "invalid_size_bytes"},
      {R"({"filename": "a", "size_bytes": -9223372036854775808})", "invalid_size_bytes"},
      {R"({"filename": "a", "size_bytes": 1.5})", "invalid_size_bytes"},
      {R"({"filename": "a", "size_bytes": 1e300})", "invalid_size_bytes"},
      {R"({"filename": "a", "size_bytes": [1]})", "invalid_size_bytes"},
      {R"({"filename": "a", "size_bytes": true})", "invalid_size_bytes"},
      {R"({"filename": "a", "size_bytes": 1073741825})", "upload_too_large"},
      {R"({"filename": "a", "size_bytes": 9223372036854775807})", "upload_too_large"},
      {R"({"filename": "a", "size_bytes": 18446744073709551615})", "upload_too_large"},
      {R"({"filename": "a", "size_bytes": 99999999999999999999999})", "invalid_size_bytes"},
      {R"({"filename": "a", "size_bytes": 1, "title": ""})", "invalid_title"},
      {R"({"filename": "a", "size_bytes": 1, "title": 1})", "invalid_title"},
      {R"({"filename": "a", "size_bytes": 1, "visibility": "secret"})", "invalid_visibility"},
      {R"({"filename": "a", "size_bytes": 1, "visibility": 1})", "invalid_visibility"},
      {R"({"filename": "a", "size_bytes": 1, "multipart": "yes"})", "invalid_multipart"},
      {R"({"filename": "a", "size_bytes": 1, "content_type": 1})", "invalid_content_type"},
  };
  for (const auto& [body, code] : cases) {
    const auto upload = read(body);
    ASSERT_FALSE(upload) << body;
    EXPECT_EQ(upload.error().code, code) << body;
  }
  const auto long_name =
      read_new_upload({{"filename", std::string(1025, 'x')}, {"size_bytes", 1}}, {});
  ASSERT_FALSE(long_name);
  EXPECT_EQ(long_name.error().code, "invalid_filename");
}

TEST(NewUpload, SaysHowLargeAFileMayBe) {
  const auto upload = read(R"({"filename": "a", "size_bytes": 2147483648})");
  EXPECT_EQ(upload.error().kind, ErrorKind::too_large);
  EXPECT_EQ(upload.error().message, "This server takes files of up to 1 GiB.");
}

TEST(PartNumbers, AreSortedAndEachOnce) {
  const json body = json::parse(R"({"part_numbers": [3, 1, 3, 10]})");
  EXPECT_EQ(read_part_numbers(body, 10).value(), (std::vector<int>{1, 3, 10}));
}

TEST(PartNumbers, RefusesWhatIsNoPart) {
  for (const char* body :
       {R"({})", R"({"part_numbers": null})", R"({"part_numbers": []})", R"({"part_numbers": 1})",
        R"({"part_numbers": [0]})", R"({"part_numbers": [-1]})", R"({"part_numbers": [11]})",
        R"({"part_numbers": [1.0]})", R"({"part_numbers": ["1"]})", R"({"part_numbers": [null]})",
        R"({"part_numbers": [18446744073709551615]})", R"({"part_numbers": [4294967297]})"}) {
    const auto numbers = read_part_numbers(json::parse(body), 10);
    ASSERT_FALSE(numbers) << body;
    EXPECT_EQ(numbers.error().code, "invalid_part_numbers") << body;
  }
  EXPECT_FALSE(read_part_numbers({{"part_numbers", std::vector<int>(1001, 1)}}, 10));
}

TEST(UploadVideoId, IsAText) {
  EXPECT_EQ(read_video_id({{"video_id", "abc"}}).value(), VideoId("abc"));
  EXPECT_EQ(read_video_id(json::object()).error().code, "invalid_video_id");
  EXPECT_EQ(read_video_id({{"video_id", 5}}).error().code, "invalid_video_id");
  EXPECT_EQ(read_video_id({{"video_id", ""}}).error().code, "video_not_found");
  EXPECT_EQ(read_video_id({{"video_id", std::string(65, 'a')}}).error().code, "video_not_found");
  EXPECT_EQ(read_video_id({{"video_id", std::string("a\0b", 3)}}).error().code, "video_not_found");
}

}  // namespace
}  // namespace sluice
