#include "storage/local/local_object_store.h"

#include <gmock/gmock.h>
#include <signal.h>
#include <sys/wait.h>

#include <cerrno>
#include <filesystem>

#include "storage/local/fault_calls.h"
#include "storage/local/temporary_root.h"
#include "storage/object_store_contract.h"

namespace sluice {
namespace {

namespace fs = std::filesystem;

std::shared_ptr<LocalDisk> open_disk(const std::string& root,
                                     std::shared_ptr<FileCalls> calls = nullptr) {
  auto disk = LocalDisk::open(root, std::move(calls));
  EXPECT_TRUE(disk) << disk.error().message;
  return disk.value_or(nullptr);
}

ObjectStoreUnderTest local_store() {
  struct Held {
    TemporaryRoot root;
    LocalObjectStore store{open_disk(root.path())};
  };
  auto held = std::make_shared<Held>();
  return {.store = {held, &held->store}};
}

INSTANTIATE_TEST_SUITE_P(Local, ObjectStoreContract, testing::Values(local_store));

std::string read(ObjectStore& store, std::string_view key) {
  const auto source = store.open(key);
  if (!source) return "absent";
  std::string bytes(static_cast<std::size_t>((*source)->size_bytes()), '\0');
  EXPECT_TRUE((*source)->read_at(0, bytes));
  return bytes;
}

std::size_t entries_in(const std::string& folder) {
  std::size_t count = 0;
  for ([[maybe_unused]] const auto& entry : fs::recursive_directory_iterator(folder)) ++count;
  return count;
}

TEST(LocalObjectStore, OpensObjectsAsDescriptors) {
  const TemporaryRoot root;
  LocalObjectStore store(open_disk(root.path()));
  ASSERT_TRUE(store.put("a/b", "bytes"));
  const auto source = *store.open("a/b");
  ASSERT_GE(source->descriptor(), 0);
  char first = 0;
  EXPECT_EQ(::pread(source->descriptor(), &first, 1, 0), 1);
  EXPECT_EQ(first, 'b');
}

TEST(LocalObjectStore, SyncsContentsBeforeTheNameAndTheNameBeforeItAnswers) {
  using testing::ElementsAre;
  const TemporaryRoot root;
  const auto calls = std::make_shared<FaultCalls>();
  LocalObjectStore store(open_disk(root.path(), calls));
  calls->arm();
  ASSERT_TRUE(store.put("a/b/c", "bytes"));
  EXPECT_THAT(calls->made(), ElementsAre("create", "write", "sync",                         //
                                         "rename", "make_folder", "make_folder", "rename",  //
                                         "sync_folder", "sync_folder", "sync_folder"));
  calls->arm();
  ASSERT_TRUE(store.put("a/b/d", "bytes"));
  EXPECT_THAT(calls->made(), ElementsAre("create", "write", "sync", "rename", "sync_folder"));
}

TEST(LocalObjectStore, DyingAtAnyCallLeavesTheOldObjectOrTheNewOne) {
  bool finished = false;
  for (int stop_at = 0; !finished; ++stop_at) {
    const TemporaryRoot root;
    {
      LocalObjectStore store(open_disk(root.path()));
      ASSERT_TRUE(store.put("a/b/old", "before"));
    }
    bool acknowledged = false;
    {
      const auto calls = std::make_shared<FaultCalls>(stop_at, FaultCalls::Mode::dies, EIO);
      LocalObjectStore store(open_disk(root.path(), calls));
      calls->arm();
      acknowledged = store.put("a/b/old", "after") && store.put("a/new/object", "after");
      finished = !calls->stopped();
    }
    LocalObjectStore store(open_disk(root.path()));
    EXPECT_THAT(read(store, "a/b/old"), testing::AnyOf("before", "after"));
    EXPECT_THAT(read(store, "a/new/object"), testing::AnyOf("absent", "after"));
    if (acknowledged) {
      EXPECT_EQ(read(store, "a/new/object"), "after");
    }
    EXPECT_EQ(entries_in(root.path() + "/~tmp"), 1u) << "only the living store's own folder";
    EXPECT_TRUE(store.put("a/b/old", "again") && store.put("a/new/object", "again"));
    EXPECT_EQ(store.list("")->size(), 2u);
  }
}

TEST(LocalObjectStore, SaysThatTheDiskIsFullAndRecovers) {
  for (int stop_at = 0; stop_at < 5; ++stop_at) {
    const TemporaryRoot root;
    const auto calls = std::make_shared<FaultCalls>(stop_at, FaultCalls::Mode::fails_once, ENOSPC);
    LocalObjectStore store(open_disk(root.path(), calls));
    calls->arm();
    const auto put = store.put("object", "bytes");
    ASSERT_FALSE(put) << stop_at;
    EXPECT_EQ(put.error().kind, ErrorKind::unavailable);
    EXPECT_EQ(put.error().code, "storage_full");
    EXPECT_EQ(put.error().message.find(root.path()), std::string::npos);
    EXPECT_TRUE(store.put("object", "bytes"));
    EXPECT_EQ(read(store, "object"), "bytes");
    EXPECT_EQ(entries_in(root.path() + "/~tmp"), 1u) << "nothing left behind by call " << stop_at;
  }
}

TEST(LocalObjectStore, RemovesAPrefixCompletelyAfterDyingInTheMiddle) {
  bool finished = false;
  for (int stop_at = 0; !finished; ++stop_at) {
    const TemporaryRoot root;
    {
      const auto calls = std::make_shared<FaultCalls>(stop_at, FaultCalls::Mode::dies, EIO);
      LocalObjectStore store(open_disk(root.path(), calls));
      for (const auto* key : {"v/1/a", "v/1/b/c", "v/2/a"}) ASSERT_TRUE(store.put(key, "x"));
      calls->arm();
      finished = store.remove_prefix("v/1/") && !calls->stopped();
    }
    LocalObjectStore store(open_disk(root.path()));
    EXPECT_TRUE(store.remove_prefix("v/1/"));
    EXPECT_EQ(store.list("")->size(), 1u);
    EXPECT_EQ(entries_in(root.path()), 5u) << "~tmp with one folder, v/2/a";
  }
}

TEST(LocalObjectStore, RefusesAnObjectWhereAFolderIsAndTheReverse) {
  const TemporaryRoot root;
  LocalObjectStore store(open_disk(root.path()));
  ASSERT_TRUE(store.put("a/b", "x"));
  EXPECT_EQ(store.put("a", "y").error().code, "key_conflict");
  EXPECT_EQ(store.put("a/b/c", "y").error().code, "key_conflict");
  EXPECT_EQ(read(store, "a/b"), "x");
  ASSERT_TRUE(store.remove("a/b"));
  EXPECT_TRUE(store.put("a/b/c", "y"));
}

TEST(LocalObjectStore, PutsIntoAFolderThatSomebodyKeepsRemoving) {
  const TemporaryRoot root;
  LocalObjectStore store(open_disk(root.path()));
  std::atomic<bool> done = false;
  std::jthread remover([&] {
    LocalObjectStore other(open_disk(root.path()));
    while (!done) EXPECT_TRUE(other.remove_prefix("a/b/"));
  });
  for (int i = 0; i < 30; ++i) EXPECT_TRUE(store.put("a/b/c", "x"));
  done = true;
  remover.join();
  ASSERT_TRUE(store.put("a/b/c", "last"));
  EXPECT_EQ(read(store, "a/b/c"), "last");
}

TEST(LocalObjectStore, SurvivesKill) {
  const TemporaryRoot root;
  int acknowledged[2];
  ASSERT_EQ(::pipe(acknowledged), 0);
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    LocalObjectStore store(*LocalDisk::open(root.path()));
    for (char number = 0; number < 100; ++number) {
      const std::string bytes(100'000, number);
      if (!store.put("v/" + std::to_string(number), bytes)) ::_exit(1);
      if (::write(acknowledged[1], &number, 1) != 1) ::_exit(1);
    }
    ::_exit(0);
  }
  ::close(acknowledged[1]);
  char last = -1;
  for (int i = 0; i < 20; ++i) ASSERT_EQ(::read(acknowledged[0], &last, 1), 1);
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  while (::read(acknowledged[0], &last, 1) == 1) {
  }
  ::close(acknowledged[0]);

  LocalObjectStore store(open_disk(root.path()));
  for (char number = 0; number <= last; ++number) {
    EXPECT_EQ(read(store, "v/" + std::to_string(number)), std::string(100'000, number));
  }
  const auto objects = store.list("v/").value();
  for (const auto& object : objects) EXPECT_EQ(object.size_bytes, 100'000);
  EXPECT_EQ(entries_in(root.path() + "/~tmp"), 1u);
}

TEST(LocalDisk, LeavesTheTemporaryFilesOfLivingStoresAlone) {
  const TemporaryRoot root;
  const auto disk = open_disk(root.path());
  auto file = disk->begin_file();
  ASSERT_TRUE(file);
  ASSERT_TRUE(file->write("half of it"));
  const auto other = open_disk(root.path());
  ASSERT_TRUE(file->write(", the rest"));
  ASSERT_TRUE(file->place("object"));
  LocalObjectStore store(other);
  EXPECT_EQ(read(store, "object"), "half of it, the rest");
}

TEST(LocalDisk, NamesTheFolderThatItCannotUse) {
  const TemporaryRoot root;
  ASSERT_TRUE(LocalObjectStore(open_disk(root.path())).put("file", "x"));
  const auto disk = LocalDisk::open(root.path() + "/file/below");
  ASSERT_FALSE(disk);
  EXPECT_EQ(disk.error().code, "storage_folder");
  EXPECT_NE(disk.error().message.find(root.path() + "/file/below"), std::string::npos);
}

// Lets one sync begin and holds it until it is released.
class HeldCalls final : public FileCalls {
 public:
  std::atomic<int> syncs = 0;
  std::atomic<bool> released = false;

 protected:
  int before(std::string_view call, const std::string&) override {
    if (call == "sync_folder") {
      ++syncs;
      syncs.notify_all();
      released.wait(false);
    }
    return 0;
  }
};

TEST(FolderSync, LetsThoseWhoWaitShareOneSync) {
  const TemporaryRoot root;
  HeldCalls calls;
  FolderSync sync(calls);
  std::vector<std::jthread> threads;
  threads.emplace_back([&] { EXPECT_TRUE(sync.sync(root.path())); });
  calls.syncs.wait(0);
  for (int i = 0; i < 5; ++i) threads.emplace_back([&] { EXPECT_TRUE(sync.sync(root.path())); });
  while (sync.callers() < 6) std::this_thread::yield();
  calls.released = true;
  calls.released.notify_all();
  threads.clear();
  EXPECT_EQ(calls.syncs, 2) << "the first began before the others asked; one more serves them all";
  EXPECT_EQ(sync.callers(), 0);
}

}  // namespace
}  // namespace sluice
