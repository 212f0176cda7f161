#include "app/data_folder.h"

#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

#include <gtest/gtest.h>

#include "storage/local/temporary_root.h"

namespace sluice {
namespace {

namespace fs = std::filesystem;

mode_t mode_of(const fs::path& path) {
  struct stat info {};
  EXPECT_EQ(::stat(path.c_str(), &info), 0) << path;
  return info.st_mode & 0777;
}

TEST(DataFolder, IsMadeForItsOwnerOnly) {
  const TemporaryRoot root;
  const auto folder = fs::path{root.path()} / "below" / "data";
  ASSERT_TRUE(make_data_folder(folder));
  EXPECT_EQ(mode_of(folder), 0700u);
  EXPECT_TRUE(make_data_folder(folder));
}

TEST(DataFolder, NamesTheFolderThatCannotBeMade) {
  const TemporaryRoot root;
  const auto file = fs::path{root.path()} / "file";
  std::ofstream{file} << "in the way";
  for (const auto& folder : {file, file / "data"}) {
    const auto made = make_data_folder(folder);
    ASSERT_FALSE(made);
    EXPECT_NE(made.error().message.find(folder.string()), std::string::npos);
  }
}

TEST(DataFolder, IsLockedByOneAtATime) {
  const TemporaryRoot root;
  {
    const auto first = lock_data_folder(root.path());
    ASSERT_TRUE(first);
    const auto second = lock_data_folder(root.path());
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, "in_use");
    EXPECT_NE(second.error().message.find("(pid " + std::to_string(::getpid()) + ")"),
              std::string::npos)
        << second.error().message;
  }
  EXPECT_TRUE(lock_data_folder(root.path()));
}

TEST(SecretKey, IsMadeOnceAndKept) {
  const TemporaryRoot root;
  const auto key = load_secret_key(root.path());
  ASSERT_TRUE(key);
  EXPECT_EQ(key->reveal().size(), 32u);
  EXPECT_EQ(mode_of(fs::path{root.path()} / "secret.key"), 0600u);
  EXPECT_EQ(load_secret_key(root.path())->reveal(), key->reveal());
  EXPECT_EQ(std::distance(fs::directory_iterator{root.path()}, {}), 1) << "nothing else is left";
  const TemporaryRoot other;
  EXPECT_NE(load_secret_key(other.path())->reveal(), key->reveal());
}

TEST(SecretKey, IsNotReplacedWhenItIsDamaged) {
  const TemporaryRoot root;
  const auto path = fs::path{root.path()} / "secret.key";
  for (const auto* bytes : {"", "short", "longer than thirty-two bytes of anything"}) {
    std::ofstream{path, std::ios::trunc} << bytes;
    const auto key = load_secret_key(root.path());
    ASSERT_FALSE(key);
    EXPECT_EQ(key.error().code, "bad_secret_key");
  }
}

}  // namespace
}  // namespace sluice
