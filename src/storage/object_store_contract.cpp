#include "storage/object_store_contract.h"

#include <thread>

namespace sluice {
namespace {

const std::string kKey = "videos/v1/720p/00000.m4s";

std::string contents_of(const ByteSource& source) {
  std::string bytes(static_cast<std::size_t>(source.size_bytes()), '\0');
  const auto count = source.read_at(0, bytes);
  EXPECT_TRUE(count);
  EXPECT_EQ(*count, bytes.size());
  return bytes;
}

std::string bytes_of_every_value(std::size_t count) {
  std::string bytes(count, '\0');
  for (std::size_t i = 0; i < count; ++i) bytes[i] = static_cast<char>(i * 31 + i / 256);
  return bytes;
}

template <class T>
std::string code_of(const Result<T>& result) {
  return result ? "success" : result.error().code;
}

}  // namespace

std::string ObjectStoreContract::read(std::string_view key) {
  const auto source = store_->open(key);
  EXPECT_TRUE(source) << key;
  return source ? contents_of(**source) : "";
}

void ObjectStoreContract::expect_old_contents(const ByteSource& source,
                                              const std::string& contents) {
  std::string bytes(contents.size(), '\0');
  const auto count = source.read_at(0, bytes);
  if (!count && !under_test_.keeps_what_was_opened) {
    EXPECT_EQ(count.error().kind, ErrorKind::unavailable);
    EXPECT_EQ(count.error().code, "object_changed");
    return;
  }
  ASSERT_TRUE(count);
  EXPECT_EQ(*count, contents.size());
  EXPECT_TRUE(bytes == contents);
}

std::vector<std::string> ObjectStoreContract::keys(std::string_view prefix) {
  const auto objects = store_->list(prefix);
  EXPECT_TRUE(objects) << prefix;
  std::vector<std::string> keys;
  if (objects) {
    for (const auto& object : *objects) keys.push_back(object.key);
  }
  return keys;
}

TEST_P(ObjectStoreContract, ReadsBackWhatWasPut) {
  for (const std::size_t size : {0u, 1u, 4096u, 3'000'001u}) {
    const auto bytes = bytes_of_every_value(size);
    ASSERT_TRUE(store_->put(kKey, bytes));
    EXPECT_EQ(read(kKey), bytes) << size;
    const auto info = store_->stat(kKey);
    ASSERT_TRUE(info);
    EXPECT_EQ(info->key, kKey);
    EXPECT_EQ(info->size_bytes, static_cast<std::int64_t>(size));
  }
}

TEST_P(ObjectStoreContract, ReadsAnyRange) {
  const auto bytes = bytes_of_every_value(10'000);
  ASSERT_TRUE(store_->put(kKey, bytes));
  const auto source = *store_->open(kKey);
  EXPECT_EQ(source->size_bytes(), 10'000);
  std::string into(100, '\0');
  EXPECT_EQ(source->read_at(5'000, into).value_or(0), 100u);
  EXPECT_EQ(into, bytes.substr(5'000, 100));
  EXPECT_EQ(source->read_at(9'990, into).value_or(0), 10u);
  EXPECT_EQ(into.substr(0, 10), bytes.substr(9'990));
  EXPECT_EQ(source->read_at(10'000, into).value_or(1), 0u);
  EXPECT_EQ(source->read_at(20'000, into).value_or(1), 0u);
}

TEST_P(ObjectStoreContract, ReplacesWhatWasThereWhileOldReadersKeepTheirs) {
  for (const std::size_t size : {20u, 3'000'000u}) {
    const auto first = bytes_of_every_value(size);
    ASSERT_TRUE(store_->put(kKey, first));
    const auto old_source = *store_->open(kKey);
    const std::string second(size, 'b');
    ASSERT_TRUE(store_->put(kKey, second));
    EXPECT_TRUE(read(kKey) == second);
    expect_old_contents(*old_source, first);
    ASSERT_TRUE(store_->remove(kKey));
    expect_old_contents(*old_source, first);
  }
}

TEST_P(ObjectStoreContract, SaysNotFoundForWhatIsNotThere) {
  ASSERT_TRUE(store_->put("folder/object", "x"));
  for (const auto* key : {"nothing", "folder", "folder/other", "folder/object/below"}) {
    const auto opened = store_->open(key);
    ASSERT_FALSE(opened) << key;
    EXPECT_EQ(opened.error().kind, ErrorKind::not_found) << key;
    const auto info = store_->stat(key);
    ASSERT_FALSE(info) << key;
    EXPECT_EQ(info.error().kind, ErrorKind::not_found) << key;
  }
}

TEST_P(ObjectStoreContract, RemovesOnceAndAgain) {
  ASSERT_TRUE(store_->put(kKey, "x"));
  EXPECT_TRUE(store_->remove(kKey));
  EXPECT_FALSE(store_->stat(kKey));
  EXPECT_TRUE(store_->remove(kKey));
  EXPECT_TRUE(store_->remove("never/was"));
  EXPECT_TRUE(store_->put(kKey, "y"));
  EXPECT_EQ(read(kKey), "y");
}

TEST_P(ObjectStoreContract, ListsWhatStartsWithThePrefixInOrder) {
  for (const auto* key :
       {"videos/b/1", "videos/a/2", "videos/a/10", "videos/ab/1", "videos/a.x", "other/1"}) {
    ASSERT_TRUE(store_->put(key, "12345"));
  }
  using Keys = std::vector<std::string>;
  EXPECT_EQ(keys("videos/a/"), (Keys{"videos/a/10", "videos/a/2"}));
  EXPECT_EQ(keys("videos/a"), (Keys{"videos/a.x", "videos/a/10", "videos/a/2", "videos/ab/1"}));
  EXPECT_EQ(keys("videos/"),
            (Keys{"videos/a.x", "videos/a/10", "videos/a/2", "videos/ab/1", "videos/b/1"}));
  EXPECT_EQ(keys("").size(), 6u);
  EXPECT_EQ(keys("videos/c/"), Keys{});
  EXPECT_EQ(store_->list("other/")->front().size_bytes, 5);
}

TEST_P(ObjectStoreContract, RemovesAPrefixAndNothingElse) {
  for (const auto* key : {"videos/a/1", "videos/a/x/y/2", "videos/ab/1", "videos/b"}) {
    ASSERT_TRUE(store_->put(key, "x"));
  }
  EXPECT_TRUE(store_->remove_prefix("videos/a/"));
  EXPECT_EQ(keys(""), (std::vector<std::string>{"videos/ab/1", "videos/b"}));
  EXPECT_TRUE(store_->remove_prefix("videos/a/")) << "again";
  EXPECT_TRUE(store_->remove_prefix("videos/b/")) << "an object, not a prefix";
  EXPECT_TRUE(store_->stat("videos/b"));
  EXPECT_TRUE(store_->put("videos/a/1", "new"));
  EXPECT_EQ(read("videos/a/1"), "new");
}

TEST_P(ObjectStoreContract, RefusesKeysThatAreNoKeysAndTouchesNothing) {
  ASSERT_TRUE(store_->put("a/b", "x"));
  const std::string bad_keys[] = {"",
                                  "/",
                                  "/a",
                                  "a/",
                                  "a//b",
                                  ".",
                                  "..",
                                  "a/..",
                                  "../a",
                                  "a/../b",
                                  "a/./b",
                                  "a b",
                                  "a\\b",
                                  "a\nb",
                                  "ü",
                                  "a%2fb",
                                  "~tmp/x",
                                  "a?b",
                                  "a:b",
                                  std::string("a\0b", 3),
                                  std::string(513, 'a'),
                                  std::string(256, 'a'),
                                  "a/b/../../../../etc/passwd"};
  for (const auto& key : bad_keys) {
    EXPECT_EQ(code_of(store_->put(key, "bad")), "invalid_key") << key;
    EXPECT_EQ(code_of(store_->open(key)), "invalid_key") << key;
    EXPECT_EQ(code_of(store_->stat(key)), "invalid_key") << key;
    EXPECT_EQ(code_of(store_->remove(key)), "invalid_key") << key;
    EXPECT_EQ(code_of(store_->remove_prefix(key + "//")), "invalid_key") << key;
  }
  for (const auto* prefix : {"", "a", "../", "a/../", "/"}) {
    EXPECT_EQ(code_of(store_->remove_prefix(prefix)), "invalid_key") << prefix;
  }
  for (const auto* prefix : {"../", "/", "a/../b", "a b"}) {
    EXPECT_EQ(code_of(store_->list(prefix)), "invalid_key") << prefix;
  }
  EXPECT_EQ(keys(""), std::vector<std::string>{"a/b"});
}

TEST_P(ObjectStoreContract, TakesTheLongestKeys) {
  const std::string key = std::string(255, 'a') + "/" + std::string(255, 'b') + "/c";
  ASSERT_EQ(key.size(), 513u);
  const auto longest = key.substr(1);
  ASSERT_TRUE(store_->put(longest, "x"));
  EXPECT_EQ(read(longest), "x");
  EXPECT_EQ(keys(""), std::vector<std::string>{longest});
}

TEST_P(ObjectStoreContract, NeverShowsPartsOfAnObjectToReaders) {
  constexpr std::size_t kSizes[] = {100'000, 700'000};
  ASSERT_TRUE(store_->put(kKey, std::string(kSizes[0], 'a')));
  std::atomic<bool> done = false;
  std::atomic<int> torn = 0, reads = 0;
  std::vector<std::jthread> readers;
  for (int i = 0; i < 2; ++i) {
    readers.emplace_back([&] {
      do {
        const auto source = store_->open(kKey);
        const auto bytes = source ? contents_of(**source) : "";
        const bool whole = (bytes.size() == kSizes[0] || bytes.size() == kSizes[1]) &&
                           bytes == std::string(bytes.size(), bytes[0]);
        torn += !whole;
        ++reads;
      } while (!done);
    });
  }
  for (int i = 1; i <= 20; ++i) {
    EXPECT_TRUE(store_->put(kKey, std::string(kSizes[i % 2], static_cast<char>('a' + i))));
  }
  done = true;
  readers.clear();
  EXPECT_EQ(torn, 0);
  EXPECT_GT(reads, 0);
}

TEST_P(ObjectStoreContract, TakesManyWritersAtOnce) {
  std::vector<std::jthread> writers;
  for (int writer = 0; writer < 4; ++writer) {
    writers.emplace_back([this, writer] {
      for (int i = 0; i < 10; ++i) {
        const auto key =
            "videos/v/" + std::to_string(i % 3) + "/" + std::to_string(writer * 100 + i);
        EXPECT_TRUE(store_->put(key, key));
      }
    });
  }
  writers.clear();
  const auto all = keys("videos/v/");
  EXPECT_EQ(all.size(), 40u);
  for (const auto& key : all) EXPECT_EQ(read(key), key);
}

TEST_P(ObjectStoreContract, ChecksItself) {
  EXPECT_TRUE(store_->check());
  EXPECT_EQ(keys(""), std::vector<std::string>{});
}

}  // namespace sluice
