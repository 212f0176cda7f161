#include "storage/local/local_upload_store.h"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include <cerrno>
#include <filesystem>
#include <latch>

#include "storage/local/fault_calls.h"
#include "storage/local/local_object_store.h"
#include "storage/local/temporary_root.h"
#include "storage/upload_store_contract.h"

namespace sluice {
namespace {

const std::string kKey = "videos/v1/source/original";
const std::string kPublicUrl = "http://127.0.0.1:8080";

UploadReceiver::Query query_of(const std::string& url) {
  UploadReceiver::Query query;
  auto rest = url.substr(url.find('?') + 1);
  while (!rest.empty()) {
    const auto end = std::min(rest.find('&'), rest.size());
    const auto equals = rest.find('=');
    query[rest.substr(0, equals)] = rest.substr(equals + 1, end - equals - 1);
    rest.erase(0, end + 1);
  }
  return query;
}

std::string key_of(const std::string& url) {
  const auto start = kPublicUrl.size() + kStoragePath.size();
  return url.substr(start, url.find('?') - start);
}

// What the HTTP route does.
Result<std::string> send(UploadReceiver& receiver, const std::string& url, std::string_view bytes) {
  SLUICE_TRY_ASSIGN(auto writer, receiver.begin_put(key_of(url), query_of(url),
                                                    static_cast<std::int64_t>(bytes.size()),
                                                    SystemClock().now()));
  SLUICE_TRY(writer->write(bytes.substr(0, bytes.size() / 2)));
  SLUICE_TRY(writer->write(bytes.substr(bytes.size() / 2)));
  return writer->commit();
}

struct Stores {
  explicit Stores(const std::string& root, std::shared_ptr<FileCalls> calls = nullptr,
                  std::int64_t join_batch_bytes = 25)
      : disk(LocalDisk::open(root, std::move(calls)).value()),
        objects(disk),
        uploads(disk, {Secret("a key for tests"), kPublicUrl, join_batch_bytes}) {}

  std::string object() {
    const auto source = objects.open(kKey);
    if (!source) return "absent";
    std::string bytes(static_cast<std::size_t>((*source)->size_bytes()), '\0');
    EXPECT_TRUE((*source)->read_at(0, bytes));
    return bytes;
  }
  Result<std::string> send_part(const std::string& id, int number, std::string_view bytes) {
    SLUICE_TRY_ASSIGN(const auto put,
                      uploads.sign_part(kKey, id, number, static_cast<std::int64_t>(bytes.size()),
                                        SystemClock().now() + std::chrono::hours{1}));
    return send(uploads, put.url, bytes);
  }
  // Lists, then completes: what a client's repeated request does.
  Result<> complete(const std::string& id) {
    const auto parts = uploads.list_parts(kKey, id);
    return uploads.complete_multipart(kKey, id, parts.value_or(std::vector<StoredPart>{}));
  }

  std::shared_ptr<LocalDisk> disk;
  LocalObjectStore objects;
  LocalUploadStore uploads;
};

UploadStoreUnderTest local_store() {
  struct Held {
    TemporaryRoot root;
    Stores stores{root.path()};
  };
  const auto held = std::make_shared<Held>();
  return {.uploads = {held, &held->stores.uploads},
          .objects = {held, &held->stores.objects},
          .send = [held](const SignedPut& put, std::string_view bytes) {
            return send(held->stores.uploads, put.url, bytes).has_value();
          }};
}

INSTANTIATE_TEST_SUITE_P(Local, UploadStoreContract, testing::Values(local_store));

// Ten parts of ten bytes, joined in batches of three.
std::string store_ten_parts(Stores& stores, std::string& expected) {
  const auto id = stores.uploads.create_multipart(kKey).value();
  expected.clear();
  for (int number = 1; number <= 10; ++number) {
    const std::string bytes(10, static_cast<char>('a' + number));
    EXPECT_TRUE(stores.send_part(id, number, bytes));
    expected += bytes;
  }
  return id;
}

bool is_empty_but_for_temporary(const std::string& root) {
  return std::filesystem::is_empty(root + "/~multipart");
}

TEST(LocalUploadStore, CompletesAfterDyingAtAnyCallOfCompleting) {
  bool finished = false;
  int stop_at = 0;
  for (; !finished; ++stop_at) {
    const TemporaryRoot root;
    std::string expected;
    std::string id;
    {
      const auto calls = std::make_shared<FaultCalls>(stop_at, FaultCalls::Mode::dies, EIO);
      Stores stores(root.path(), calls);
      id = store_ten_parts(stores, expected);
      calls->arm();
      const auto completed = stores.complete(id);
      finished = !calls->stopped();
      if (completed) {
        EXPECT_EQ(stores.object(), expected);
      }
    }
    Stores stores(root.path());
    EXPECT_THAT(stores.object(), testing::AnyOf("absent", expected)) << stop_at;
    EXPECT_TRUE(stores.complete(id)) << stop_at;
    EXPECT_EQ(stores.object(), expected) << stop_at;
    EXPECT_TRUE(is_empty_but_for_temporary(root.path())) << stop_at;
  }
  EXPECT_GT(stop_at, 30) << "the walk went through the batches";
}

TEST(LocalUploadStore, CompletesAfterEachCallHasFailedOnceOnAFullDisk) {
  bool finished = false;
  for (int stop_at = 0; !finished; ++stop_at) {
    const TemporaryRoot root;
    const auto calls = std::make_shared<FaultCalls>(stop_at, FaultCalls::Mode::fails_once, ENOSPC);
    Stores stores(root.path(), calls);
    std::string expected;
    const auto id = store_ten_parts(stores, expected);
    calls->arm();
    const auto completed = stores.complete(id);
    finished = !calls->stopped();
    calls->disarm();
    if (!completed) {
      EXPECT_EQ(completed.error().code, "storage_full") << stop_at;
    }
    EXPECT_TRUE(stores.complete(id)) << stop_at;
    EXPECT_EQ(stores.object(), expected) << stop_at;
  }
}

TEST(LocalUploadStore, DyingWhileAPartIsStoredLosesNoAcknowledgedPart) {
  bool finished = false;
  for (int stop_at = 0; !finished; ++stop_at) {
    const TemporaryRoot root;
    std::string id;
    bool acknowledged = false;
    {
      const auto calls = std::make_shared<FaultCalls>(stop_at, FaultCalls::Mode::dies, EIO);
      Stores stores(root.path(), calls);
      id = stores.uploads.create_multipart(kKey).value();
      EXPECT_TRUE(stores.send_part(id, 1, "first"));
      calls->arm();
      acknowledged = stores.send_part(id, 2, "second").has_value();
      finished = !calls->stopped();
    }
    Stores stores(root.path());
    const auto parts = stores.uploads.list_parts(kKey, id).value();
    ASSERT_GE(parts.size(), acknowledged ? 2u : 1u);
    for (const auto& part : parts) EXPECT_EQ(part.size_bytes, part.part_number == 1 ? 5 : 6);
    EXPECT_TRUE(stores.send_part(id, 2, "second"));
    EXPECT_TRUE(stores.complete(id));
    EXPECT_EQ(stores.object(), "firstsecond");
  }
}

TEST(LocalUploadStore, GivesRoomBackWhileItJoins) {
  constexpr std::size_t kPart = 1 << 20;
  const TemporaryRoot root;
  // The first batch is two parts; the process dies while the second one is copied.
  const auto calls = std::make_shared<FaultCalls>(11, FaultCalls::Mode::dies, EIO);
  Stores stores(root.path(), calls, 2 * kPart);
  const auto id = stores.uploads.create_multipart(kKey).value();
  for (int number = 1; number <= 4; ++number) {
    ASSERT_TRUE(stores.send_part(id, number, std::string(kPart, 'x')));
  }
  calls->arm();
  ASSERT_FALSE(stores.complete(id));
  const auto blocks_of = [&](const std::string& name) {
    struct stat info {};
    EXPECT_EQ(::stat((root.path() + "/~multipart/" + id + "/" + name).c_str(), &info), 0) << name;
    EXPECT_EQ(info.st_size, static_cast<off_t>(kPart));
    return info.st_blocks;
  };
  EXPECT_EQ(blocks_of("00001.part"), 0);
  EXPECT_EQ(blocks_of("00002.part"), 0);
  EXPECT_GT(blocks_of("00003.part"), 0);
  EXPECT_EQ(stores.uploads.list_parts(kKey, id)->size(), 4u) << "still listed, with their sizes";
}

TEST(LocalUploadStore, RefusesAPartOnceItIsJoined) {
  const TemporaryRoot root;
  const auto calls = std::make_shared<FaultCalls>(11, FaultCalls::Mode::dies, EIO);
  Stores stores(root.path(), calls);
  std::string expected;
  const auto id = store_ten_parts(stores, expected);
  calls->arm();
  ASSERT_FALSE(stores.complete(id));
  calls->disarm();
  const auto again = stores.send_part(id, 1, "otherbytes");
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, "upload_completing");
  EXPECT_TRUE(stores.send_part(id, 10, "last")) << "not joined yet";
  EXPECT_TRUE(stores.complete(id));
  EXPECT_EQ(stores.object(), expected.substr(0, 90) + "last");
}

TEST(LocalUploadStore, CompletesOnceForManyWhoAsk) {
  const TemporaryRoot root;
  Stores stores(root.path());
  std::string expected;
  const auto id = store_ten_parts(stores, expected);
  const auto parts = stores.uploads.list_parts(kKey, id).value();
  std::latch start(4);
  std::vector<std::jthread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      start.arrive_and_wait();
      EXPECT_TRUE(stores.uploads.complete_multipart(kKey, id, parts));
    });
  }
  threads.clear();
  EXPECT_EQ(stores.object(), expected);
  EXPECT_TRUE(is_empty_but_for_temporary(root.path()));
}

TEST(LocalUploadStore, AWriterThatIsDroppedLeavesNothing) {
  const TemporaryRoot root;
  Stores stores(root.path());
  const auto put =
      stores.uploads.sign_put(kKey, 10, SystemClock().now() + std::chrono::hours{1}).value();
  {
    auto writer = stores.uploads.begin_put(kKey, query_of(put.url), 10, SystemClock().now());
    ASSERT_TRUE(writer);
    EXPECT_TRUE((*writer)->write("half"));
    EXPECT_EQ((*writer)->write("more than was signed").error().code, "size_mismatch");
    EXPECT_EQ((*writer)->commit().error().code, "size_mismatch");
  }
  EXPECT_EQ(stores.object(), "absent");
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(root.path())) {
    files += entry.is_regular_file();
  }
  EXPECT_EQ(files, 0u);
}

TEST(LocalUploadStore, RefusesAPutThatCannotFit) {
  const TemporaryRoot root;
  Stores stores(root.path());
  constexpr auto kTooMuch = std::int64_t{1} << 60;
  const auto put =
      stores.uploads.sign_put(kKey, kTooMuch, SystemClock().now() + std::chrono::hours{1}).value();
  const auto writer =
      stores.uploads.begin_put(kKey, query_of(put.url), kTooMuch, SystemClock().now());
  ASSERT_FALSE(writer);
  EXPECT_EQ(writer.error().code, "storage_full");
}

TEST(LocalUploadStore, ReadsByASignedUrlOnly) {
  const TemporaryRoot root;
  Stores stores(root.path());
  const auto now = SystemClock().now();
  const auto put = stores.uploads.sign_put(kKey, 5, now + std::chrono::hours{1}).value();
  const auto etag = send(stores.uploads, put.url, "hello");
  ASSERT_TRUE(etag);
  const auto url = stores.uploads.sign_get(kKey, now + std::chrono::hours{1}).value();
  const auto object = stores.uploads.open_signed(kKey, query_of(url), now);
  ASSERT_TRUE(object);
  EXPECT_EQ(object->source->size_bytes(), 5);
  EXPECT_EQ(object->etag, *etag);
  EXPECT_EQ(stores.uploads.open_signed(kKey, query_of(put.url), now).error().code, "bad_signature");
  EXPECT_EQ(
      stores.uploads.open_signed(kKey, query_of(url), now + std::chrono::hours{2}).error().code,
      "url_expired");
  EXPECT_EQ(stores.uploads.open_signed("../" + kKey, query_of(url), now).error().code,
            "invalid_key");
}

}  // namespace
}  // namespace sluice
