#include "storage/s3/s3_xml.h"

#include <charconv>

#include <fmt/format.h>
#include <pugixml.hpp>

namespace sluice {
namespace {

tl::unexpected<Error> bad_answer() {
  return fail(ErrorKind::unavailable, "bad_answer", "The storage answered something unexpected.");
}

class Document {
 public:
  explicit Document(std::string_view xml) {
    loaded_ = bool(document_.load_buffer(xml.data(), xml.size()));
  }

  // The root element when it has this name; S3's documents differ in namespace, not in name.
  Result<pugi::xml_node> root(const char* name) const {
    const auto node = document_.document_element();
    if (!loaded_ || std::string_view(node.name()) != name) return bad_answer();
    return node;
  }
  bool loaded() const { return loaded_; }
  std::string_view root_name() const { return document_.document_element().name(); }
  pugi::xml_node any_root() const { return document_.document_element(); }

 private:
  pugi::xml_document document_;
  bool loaded_ = false;
};

std::string text_of(const pugi::xml_node& node, const char* name) { return node.child_value(name); }

std::int64_t number_of(const pugi::xml_node& node, const char* name) {
  const std::string_view text = node.child_value(name);
  std::int64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

bool is_truncated(const pugi::xml_node& root) { return text_of(root, "IsTruncated") == "true"; }

Timestamp time_of(const pugi::xml_node& node, const char* name) {
  std::tm tm{};
  if (::strptime(node.child_value(name), "%Y-%m-%dT%H:%M:%S", &tm) == nullptr) return {};
  return Timestamp(std::chrono::seconds(::timegm(&tm)));
}

std::string escaped(std::string_view text) {
  std::string result;
  for (const char c : text) {
    switch (c) {
      case '&': result += "&amp;"; break;
      case '<': result += "&lt;"; break;
      case '>': result += "&gt;"; break;
      case '"': result += "&quot;"; break;
      default: result += c;
    }
  }
  return result;
}

}  // namespace

Result<S3ObjectPage> parse_object_page(std::string_view xml) {
  const Document document(xml);
  SLUICE_TRY_ASSIGN(const auto root, document.root("ListBucketResult"));
  S3ObjectPage page;
  for (const auto& node : root.children("Contents")) {
    page.objects.push_back({text_of(node, "Key"), number_of(node, "Size")});
  }
  if (is_truncated(root)) {
    page.next_token = text_of(root, "NextContinuationToken");
    // Without it the rest would be lost in silence.
    if (page.next_token.empty()) return bad_answer();
  }
  return page;
}

Result<S3PartPage> parse_part_page(std::string_view xml) {
  const Document document(xml);
  SLUICE_TRY_ASSIGN(const auto root, document.root("ListPartsResult"));
  S3PartPage page;
  for (const auto& node : root.children("Part")) {
    page.parts.push_back({static_cast<int>(number_of(node, "PartNumber")), number_of(node, "Size"),
                          text_of(node, "ETag")});
  }
  if (is_truncated(root)) {
    page.next_marker = static_cast<int>(number_of(root, "NextPartNumberMarker"));
    if (page.next_marker == 0) return bad_answer();
  }
  return page;
}

Result<S3UploadPage> parse_upload_page(std::string_view xml) {
  const Document document(xml);
  SLUICE_TRY_ASSIGN(const auto root, document.root("ListMultipartUploadsResult"));
  S3UploadPage page;
  for (const auto& node : root.children("Upload")) {
    page.uploads.push_back(
        {text_of(node, "Key"), text_of(node, "UploadId"), time_of(node, "Initiated")});
  }
  page.truncated = is_truncated(root);
  page.next_key = text_of(root, "NextKeyMarker");
  page.next_upload_id = text_of(root, "NextUploadIdMarker");
  if (page.truncated && page.next_key.empty()) return bad_answer();
  return page;
}

Result<std::string> parse_upload_id(std::string_view xml) {
  const Document document(xml);
  SLUICE_TRY_ASSIGN(const auto root, document.root("InitiateMultipartUploadResult"));
  auto id = text_of(root, "UploadId");
  if (id.empty()) return bad_answer();
  return id;
}

Result<std::string> parse_delete_fault(std::string_view xml) {
  const Document document(xml);
  SLUICE_TRY_ASSIGN(const auto root, document.root("DeleteResult"));
  const auto error = root.child("Error");
  if (!error) return std::string();
  const auto code = text_of(error, "Code");
  return code.empty() ? std::string("unknown") : code;
}

Result<std::string> parse_completion_fault(std::string_view xml) {
  const Document document(xml);
  if (!document.loaded()) return bad_answer();
  if (document.root_name() == "CompleteMultipartUploadResult") return std::string();
  if (document.root_name() != "Error") return bad_answer();
  return text_of(document.any_root(), "Code");
}

std::string delete_request(const std::vector<std::string>& keys) {
  std::string xml = "<Delete><Quiet>true</Quiet>";
  for (const auto& key : keys) xml += fmt::format("<Object><Key>{}</Key></Object>", escaped(key));
  return xml + "</Delete>";
}

std::string completion_request(const std::vector<S3Part>& parts) {
  std::string xml = "<CompleteMultipartUpload>";
  for (const auto& part : parts) {
    xml += fmt::format("<Part><PartNumber>{}</PartNumber><ETag>{}</ETag></Part>", part.part_number,
                       escaped(part.etag));
  }
  return xml + "</CompleteMultipartUpload>";
}

}  // namespace sluice
