#include "storage/s3/s3_object_store.h"

#include <array>
#include <charconv>

#include <fmt/format.h>
#include <openssl/evp.h>

#include "base/encoding.h"
#include "base/random.h"
#include "storage/key_rules.h"
#include "storage/s3/s3_xml.h"

namespace sluice {
namespace {

constexpr std::int64_t kFirstReadBytes = 1024 * 1024;
constexpr std::size_t kPageSize = 1000;
// What CloudFront hands on to players. Names of objects are never used for other bytes.
constexpr const char* kCacheControl = "private, max-age=86400, immutable";

std::string content_type_of(std::string_view key) {
  constexpr std::array<std::pair<std::string_view, const char*>, 5> kTypes = {{
      {".m4s", "video/mp4"},
      {".mp4", "video/mp4"},
      {".jpg", "image/jpeg"},
      {".vtt", "text/vtt"},
      {".json", "application/json"},
  }};
  for (const auto& [ending, type] : kTypes) {
    if (key.ends_with(ending)) return type;
  }
  return "application/octet-stream";
}

std::string md5_base64(std::string_view bytes) {
  std::array<char, EVP_MAX_MD_SIZE> digest{};
  unsigned length = 0;
  EVP_Digest(bytes.data(), bytes.size(), reinterpret_cast<unsigned char*>(digest.data()), &length,
             EVP_md5(), nullptr);
  return to_base64({digest.data(), length});
}

std::string range_of(std::int64_t offset, std::int64_t count) {
  return fmt::format("bytes={}-{}", offset, offset + count - 1);
}

std::optional<std::int64_t> number(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

tl::unexpected<Error> bad_answer() {
  return fail(ErrorKind::unavailable, "bad_answer", "The storage answered something unexpected.");
}

// The size of the whole object in "bytes 0-99/1234".
Result<std::int64_t> whole_size(const FetchResponse& response) {
  const auto range = response.header("content-range");
  const auto slash = range.rfind('/');
  const auto size =
      slash == std::string_view::npos ? std::nullopt : number(range.substr(slash + 1));
  if (!size) return bad_answer();
  return *size;
}

}  // namespace

S3ObjectStore::S3ObjectStore(AwsClient& client, const S3Options& options)
    : bucket_(std::make_shared<const S3Bucket>(client, options)),
      cache_(std::make_shared<BlockCache>(options.cache_bytes)) {}

Result<> S3ObjectStore::put(std::string_view key, std::string_view bytes) {
  SLUICE_TRY(check_key(key));
  auto call = bucket_->call("PUT", key);
  // The signature holds a SHA-256 of the body, which the server compares with what arrived.
  call.body = bytes;
  call.headers = bucket_->encryption_headers();
  call.headers.emplace_back("Content-Type", content_type_of(key));
  call.headers.emplace_back("Cache-Control", kCacheControl);
  call.timeout = S3Bucket::time_for(static_cast<std::int64_t>(bytes.size()));
  SLUICE_TRY(bucket_->send(call));
  return {};
}

Result<std::shared_ptr<const ByteSource>> S3ObjectStore::open(std::string_view key) {
  SLUICE_TRY(check_key(key));
  auto call = bucket_->call("GET", key);
  call.headers = {{"Range", range_of(0, kFirstReadBytes)}};
  call.timeout = S3Bucket::time_for(kFirstReadBytes);
  call.max_response_bytes = kFirstReadBytes;
  SLUICE_TRY_ASSIGN(auto response, bucket_->ask(call));
  const auto fault = aws_fault(response);
  std::int64_t size = 0;
  if (response.status == 206) {
    SLUICE_TRY_ASSIGN(size, whole_size(response));
  } else if (response.status == 200) {
    size = static_cast<std::int64_t>(response.body.size());
  } else if (response.status != 416) {  // nothing can be cut out of an empty object
    return fail(bucket_->error_of(fault));
  }
  const bool expected = response.status == 416 || static_cast<std::int64_t>(response.body.size()) ==
                                                      std::min(size, kFirstReadBytes);
  if (!expected) return bad_answer();
  if (response.status == 416) response.body.clear();
  return std::make_shared<const BlockSource>(
      size, Block{0, std::move(response.body)},
      range_reader(key, std::string(response.header("etag"))), cache_);
}

BlockSource::Fetch S3ObjectStore::range_reader(std::string_view key, std::string etag) const {
  // Sources may outlive the store, though not its client.
  return [bucket = bucket_, key = std::string(key), etag = std::move(etag)](
             std::int64_t offset, std::int64_t count) -> Result<std::string> {
    auto call = bucket->call("GET", key);
    call.headers = {{"Range", range_of(offset, count)}, {"If-Match", etag}};
    call.timeout = S3Bucket::time_for(count);
    call.max_response_bytes = static_cast<std::size_t>(count);
    SLUICE_TRY_ASSIGN(auto response, bucket->ask(call));
    if (response.status == 412 || response.status == 404 || response.status == 416) {
      return fail(ErrorKind::unavailable, "object_changed",
                  "The stored object was replaced or removed while it was read.");
    }
    if (response.status != 206) {
      if (response.status >= 300) return fail(bucket->error_of(aws_fault(response)));
      return bad_answer();
    }
    if (static_cast<std::int64_t>(response.body.size()) != count) return bad_answer();
    return std::move(response.body);
  };
}

Result<ObjectInfo> S3ObjectStore::stat(std::string_view key) {
  SLUICE_TRY(check_key(key));
  SLUICE_TRY_ASSIGN(const auto response, bucket_->send(bucket_->call("HEAD", key)));
  const auto size = number(response.header("content-length"));
  if (!size) return bad_answer();
  return ObjectInfo{std::string(key), *size};
}

Result<> S3ObjectStore::remove(std::string_view key) {
  SLUICE_TRY(check_key(key));
  const auto removed = bucket_->send(bucket_->call("DELETE", key));
  if (!removed && removed.error().kind != ErrorKind::not_found) return fail(removed.error());
  return {};
}

Result<> S3ObjectStore::remove_prefix(std::string_view prefix) {
  SLUICE_TRY(check_folder_prefix(prefix));
  SLUICE_TRY_ASSIGN(const auto objects, list(prefix));
  return remove_all(objects);
}

Result<> S3ObjectStore::remove_all(const std::vector<ObjectInfo>& objects) {
  for (std::size_t at = 0; at < objects.size(); at += kPageSize) {
    std::vector<std::string> keys;
    for (auto i = at; i < std::min(at + kPageSize, objects.size()); ++i) {
      keys.push_back(objects[i].key);
    }
    const auto body = delete_request(keys);
    auto call = bucket_->call("POST", "");
    call.query = {{"delete", ""}};
    call.headers = {{"Content-MD5", md5_base64(body)}};
    call.body = body;
    SLUICE_TRY_ASSIGN(const auto response, bucket_->send(call));
    SLUICE_TRY_ASSIGN(const auto fault, parse_delete_fault(response.body));
    if (!fault.empty()) {
      return fail(bucket_->error_of({fault == "AccessDenied" ? 403 : 503, fault}));
    }
  }
  return {};
}

Result<std::vector<ObjectInfo>> S3ObjectStore::list(std::string_view prefix) {
  SLUICE_TRY(check_list_prefix(prefix));
  std::vector<ObjectInfo> objects;
  auto call = bucket_->call("GET", "");
  call.query = {{"list-type", "2"}, {"prefix", std::string(prefix)}};
  while (true) {
    SLUICE_TRY_ASSIGN(const auto response, bucket_->send(call));
    SLUICE_TRY_ASSIGN(auto page, parse_object_page(response.body));
    for (auto& object : page.objects) {
      // Others may keep in the bucket what they like.
      if (check_key(object.key)) objects.push_back(std::move(object));
    }
    if (page.next_token.empty()) return objects;
    call.query.resize(2);
    call.query.emplace_back("continuation-token", page.next_token);
  }
}

Result<> S3ObjectStore::check() {
  const auto key = ".sluice-check-" + random_id();
  SLUICE_TRY(put(key, key));
  const auto opened = open(key);
  SLUICE_TRY(remove(key));
  if (!opened) return fail(opened.error());
  if ((*opened)->size_bytes() != static_cast<std::int64_t>(key.size())) return bad_answer();
  return {};
}

}  // namespace sluice
