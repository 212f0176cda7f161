#include "storage/s3/s3_xml.h"

#include <gtest/gtest.h>

namespace sluice {
namespace {

constexpr const char* kNamespace = " xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"";

std::string document(const std::string& root, const std::string& inside) {
  return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<" + root + kNamespace + ">" + inside + "</" +
         root + ">";
}

TEST(S3Xml, ReadsAPageOfObjects) {
  const auto page = parse_object_page(document(
      "ListBucketResult",
      "<IsTruncated>true</IsTruncated><NextContinuationToken>a/b+c==</NextContinuationToken>"
      "<Contents><Key>a&amp;b</Key><Size>68719476736</Size></Contents>"
      "<Contents><Key>c</Key><Size>0</Size></Contents>"));
  ASSERT_TRUE(page);
  ASSERT_EQ(page->objects.size(), 2u);
  EXPECT_EQ(page->objects[0].key, "a&b");
  EXPECT_EQ(page->objects[0].size_bytes, 68'719'476'736);
  EXPECT_EQ(page->next_token, "a/b+c==");
  EXPECT_EQ(parse_object_page(document("ListBucketResult", "<IsTruncated>false</IsTruncated>"))
                ->next_token,
            "");
}

TEST(S3Xml, ReadsAPageOfParts) {
  const auto page = parse_part_page(
      document("ListPartsResult",
               "<NextPartNumberMarker>2</NextPartNumberMarker><IsTruncated>true</IsTruncated>"
               "<Part><PartNumber>2</PartNumber><ETag>&quot;e&quot;</ETag><Size>5</Size></Part>"));
  ASSERT_TRUE(page);
  EXPECT_EQ(page->next_marker, 2);
  EXPECT_EQ(page->parts[0].etag, "\"e\"");
  EXPECT_EQ(page->parts[0].size_bytes, 5);
}

TEST(S3Xml, ReadsAPageOfUploads) {
  const auto page = parse_upload_page(document(
      "ListMultipartUploadsResult",
      "<IsTruncated>true</IsTruncated><NextKeyMarker>k</NextKeyMarker>"
      "<NextUploadIdMarker>i</NextUploadIdMarker><Upload><Key>k</Key><UploadId>i</UploadId>"
      "<Initiated>2026-01-31T12:00:00.123Z</Initiated></Upload>"));
  ASSERT_TRUE(page);
  EXPECT_TRUE(page->truncated);
  EXPECT_EQ(page->uploads[0].upload_id, "i");
  EXPECT_EQ(to_rfc3339(page->uploads[0].initiated), "2026-01-31T12:00:00.000Z");
}

TEST(S3Xml, TakesNothingElseForAnAnswer) {
  for (const std::string xml :
       {"", "<html><body>Sign in</body></html>", "{\"json\":1}", "<ListBucketResult><IsTrunc"}) {
    EXPECT_FALSE(parse_object_page(xml)) << xml;
    EXPECT_FALSE(parse_part_page(xml)) << xml;
    EXPECT_FALSE(parse_upload_page(xml)) << xml;
    EXPECT_FALSE(parse_upload_id(xml)) << xml;
    EXPECT_FALSE(parse_delete_fault(xml)) << xml;
    EXPECT_FALSE(parse_completion_fault(xml)) << xml;
  }
  EXPECT_FALSE(parse_object_page(document("ListBucketResult", "<IsTruncated>true</IsTruncated>")))
      << "more, but not where";
}

TEST(S3Xml, NoticesAFaultInsideASuccess) {
  EXPECT_EQ(*parse_completion_fault(document("CompleteMultipartUploadResult", "")), "");
  EXPECT_EQ(*parse_completion_fault("<Error><Code>InternalError</Code></Error>"), "InternalError");
  EXPECT_EQ(*parse_delete_fault(document("DeleteResult", "")), "");
  EXPECT_EQ(
      *parse_delete_fault(document("DeleteResult", "<Error><Code>AccessDenied</Code></Error>")),
      "AccessDenied");
}

TEST(S3Xml, WritesWhatS3WantsToHear) {
  EXPECT_EQ(delete_request({"a", "b&c"}),
            "<Delete><Quiet>true</Quiet><Object><Key>a</Key></Object><Object><Key>b&amp;c</Key>"
            "</Object></Delete>");
  EXPECT_EQ(completion_request({{1, 5, "\"e\""}}),
            "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>&quot;e&quot;</ETag>"
            "</Part></CompleteMultipartUpload>");
}

}  // namespace
}  // namespace sluice
