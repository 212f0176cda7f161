#include "accounts/passwords.h"

#include <gtest/gtest.h>
#include <time.h>

#include <chrono>

#include "accounts/token.h"
#include "base/encoding.h"

namespace sluice {
namespace {

TEST(Passwords, MatchOnlyTheirOwnHash) {
  Passwords passwords;
  const auto hash = passwords.hash("correct horse");
  ASSERT_TRUE(hash);
  EXPECT_TRUE(hash->starts_with("$argon2id$v=19$m=65536,t=2,p=1$")) << *hash;
  EXPECT_TRUE(passwords.matches("correct horse", *hash));
  EXPECT_FALSE(passwords.matches("correct horsf", *hash));
  EXPECT_FALSE(passwords.matches("", *hash));
  EXPECT_FALSE(passwords.matches("correct horse", "no hash"));
  EXPECT_NE(passwords.hash("correct horse").value(), *hash) << "the salt differs";
}

// CPU time of this thread: other work on the machine doesn't count.
double cpu_seconds(const std::function<void()>& work) {
  const auto now = [] {
    timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
  };
  const double start = now();
  work();
  return now() - start;
}

TEST(Passwords, TakeAsLongForAnAccountThatIsNotThere) {
  Passwords passwords;
  const auto hash = passwords.hash("correct horse").value();
  const double existing = cpu_seconds([&] { (void)passwords.matches("wrong", hash); });
  const double missing = cpu_seconds([&] { passwords.match_nothing("wrong"); });
  EXPECT_GT(missing, existing / 2);
  EXPECT_LT(missing, existing * 2);
}

TEST(Passwords, WorkForManyThreadsAtOnce) {
  Passwords passwords(1);
  const auto hash = passwords.hash("correct horse").value();
  std::vector<std::jthread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] { EXPECT_TRUE(passwords.matches("correct horse", hash)); });
  }
}

TEST(Token, IsRandomAndHashedBySha256) {
  EXPECT_EQ(new_token().size(), 43u);
  EXPECT_NE(new_token(), new_token());
  EXPECT_EQ(hash_token("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

}  // namespace
}  // namespace sluice
