#include "signing/playback_token.h"

#include <gtest/gtest.h>

#include "base/encoding.h"
#include "signing/builtin_url_signer.h"

namespace sluice {
namespace {

const PlaybackGrant kGrant{VideoId("abcdefghijklmnopqrstuvwx"), from_unix_ms(1'700'000'000'123),
                           from_unix_ms(1'700'000'900'456)};

PlaybackTokens tokens() { return PlaybackTokens(Secret("a key for tests")); }

void expect_same(const PlaybackGrant& grant, const PlaybackGrant& expected) {
  EXPECT_EQ(grant.video, expected.video);
  EXPECT_EQ(grant.open_until, expected.open_until);
  EXPECT_EQ(grant.fetch_until, expected.fetch_until);
}

TEST(PlaybackToken, ReadsBackWhatItGrants) {
  const PlaybackGrant grants[] = {
      kGrant,
      {VideoId("v"), from_unix_ms(0), from_unix_ms(0)},
      {VideoId(std::string(64, 'x')), from_unix_ms(1), from_unix_ms((std::int64_t{1} << 48) - 1)},
  };
  for (const auto& grant : grants) {
    const auto read = tokens().read(tokens().make(grant));
    ASSERT_TRUE(read);
    expect_same(*read, grant);
  }
}

TEST(PlaybackToken, IsTheSameForTheSameGrantAndFitsAPath) {
  const auto token = tokens().make(kGrant);
  EXPECT_EQ(token, tokens().make(kGrant));
  EXPECT_EQ(
      token.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"),
      std::string::npos);
  EXPECT_EQ(token.size(), 92u);
}

TEST(PlaybackToken, DiffersForEachFieldOfTheGrant) {
  auto later = kGrant, longer = kGrant, other = kGrant;
  later.open_until += std::chrono::milliseconds{1};
  longer.fetch_until += std::chrono::milliseconds{1};
  other.video = VideoId("abcdefghijklmnopqrstuvwy");
  for (const auto& grant : {later, longer, other}) {
    EXPECT_NE(tokens().make(grant), tokens().make(kGrant));
  }
}

TEST(PlaybackToken, RefusesEveryFlippedBit) {
  const auto bytes = *from_base64url(tokens().make(kGrant));
  for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    auto flipped = bytes;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << (bit % 8)));
    EXPECT_FALSE(tokens().read(to_base64url(flipped))) << "bit " << bit;
  }
}

TEST(PlaybackToken, RefusesEveryOtherLength) {
  const auto token = tokens().make(kGrant);
  for (std::size_t length = 0; length < token.size(); ++length) {
    EXPECT_FALSE(tokens().read(token.substr(0, length))) << length;
  }
  EXPECT_FALSE(tokens().read(token + "A"));
  EXPECT_FALSE(tokens().read(token + "AAAA"));
  EXPECT_FALSE(tokens().read(std::string(100'000, 'A')));
}

TEST(PlaybackToken, RefusesOtherTextsForTheSameBytes) {
  // One byte short of a multiple of three, so that left-over bits exist.
  auto grant = kGrant;
  grant.video = VideoId("abcdefghijklmnopqrstuvw");
  const auto token = tokens().make(grant);
  ASSERT_TRUE(tokens().read(token));
  EXPECT_FALSE(tokens().read(token + "="));
  EXPECT_FALSE(tokens().read(token + "\n"));
  EXPECT_FALSE(tokens().read(" " + token));
  EXPECT_FALSE(tokens().read(to_base64(*from_base64url(token))));
  int readable = 0;
  for (int last = 0; last < 256; ++last) {
    auto other = token;
    other.back() = static_cast<char>(last);
    if (tokens().read(other)) ++readable;
  }
  EXPECT_EQ(readable, 1);
}

TEST(PlaybackToken, RefusesAForeignKeyAndAnotherPurpose) {
  const auto token = tokens().make(kGrant);
  EXPECT_FALSE(PlaybackTokens(Secret("a key for testt")).read(token));
  EXPECT_FALSE(PlaybackTokens(Secret("")).read(token));

  auto bytes = *from_base64url(token);
  bytes.resize(bytes.size() - 32);
  const auto mac = HmacKey(Secret("a key for tests"), "sluice storage url").sign(bytes);
  EXPECT_FALSE(tokens().read(to_base64url(bytes + std::string(mac.data(), mac.size()))));
}

TEST(PlaybackToken, RefusesAnUnknownVersionEvenWhenSigned) {
  auto bytes = *from_base64url(tokens().make(kGrant));
  bytes.resize(bytes.size() - 32);
  bytes[0] = 2;
  const auto mac = HmacKey(Secret("a key for tests"), "sluice playback token").sign(bytes);
  EXPECT_FALSE(tokens().read(to_base64url(bytes + std::string(mac.data(), mac.size()))));
}

TEST(BuiltinUrlSigner, LeavesUrlsRelativeToTheManifest) {
  const auto prefix = BuiltinUrlSigner().sign(kGrant.video, kGrant.fetch_until);
  ASSERT_TRUE(prefix);
  EXPECT_EQ(prefix->base_url, "");
  EXPECT_EQ(prefix->query, "");
  EXPECT_EQ(prefix->expires_at, kGrant.fetch_until);
}

}  // namespace
}  // namespace sluice
