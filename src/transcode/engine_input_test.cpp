#include "transcode/engine_input.h"

#include <numeric>

#include <gtest/gtest.h>
#include <sys/socket.h>

#include "transcode/engine_protocol.h"

namespace sluice {
namespace {

class Bytes final : public ByteSource {
 public:
  explicit Bytes(std::size_t size, std::int64_t broken_from = INT64_MAX)
      : bytes_(size, '\0'), broken_from_(broken_from) {
    for (std::size_t i = 0; i < size; ++i) bytes_[i] = static_cast<char>(i * 7 + i / 256);
  }
  std::int64_t size_bytes() const override { return static_cast<std::int64_t>(bytes_.size()); }
  Result<std::size_t> read_at(std::int64_t offset, std::span<char> into) const override {
    if (offset + static_cast<std::int64_t>(into.size()) > broken_from_) {
      return fail(ErrorKind::not_found, "object_not_found", "It is gone.");
    }
    if (offset >= size_bytes()) return 0u;
    return bytes_.copy(into.data(), into.size(), static_cast<std::size_t>(offset));
  }
  const std::string& all() const { return bytes_; }

 private:
  std::string bytes_;
  std::int64_t broken_from_;
};

struct Ends {
  Ends() {
    int pair[2];
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
    ours = UniqueFd(pair[0]);
    theirs = UniqueFd(pair[1]);
  }
  UniqueFd ours, theirs;
};

TEST(EngineInput, ReadsAnyRangeOverTheSocket) {
  const Bytes far(10'000'000);
  Ends ends;
  const SourceFeeder feeder(far, std::move(ends.ours));
  const SocketSource source(ends.theirs.get(), far.size_bytes());
  for (const auto& [offset, count] : {std::pair<std::int64_t, std::size_t>{0, 1},
                                      {5'000'000, 262'144},
                                      {9'999'990, 100},
                                      {0, 10'000'000}}) {
    std::string into(count, '\0');
    const auto got = source.read_at(offset, into);
    ASSERT_TRUE(got);
    EXPECT_EQ(*got, std::min<std::size_t>(count, static_cast<std::size_t>(10'000'000 - offset)));
    EXPECT_TRUE(into.substr(0, *got) == far.all().substr(static_cast<std::size_t>(offset), count));
  }
  std::string into(1, '\0');
  EXPECT_EQ(source.read_at(10'000'000, into).value_or(1), 0u);
  EXPECT_FALSE(feeder.failure());
}

TEST(EngineInput, SaysWhyTheSourceCouldNotBeRead) {
  const Bytes far(1'000'000, 500'000);
  Ends ends;
  const SourceFeeder feeder(far, std::move(ends.ours));
  const SocketSource source(ends.theirs.get(), far.size_bytes());
  std::string into(1'000, '\0');
  EXPECT_TRUE(source.read_at(0, into));
  const auto got = source.read_at(600'000, into);
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().kind, ErrorKind::unavailable);
  ASSERT_TRUE(feeder.failure());
  EXPECT_EQ(feeder.failure()->code, "object_not_found");
  EXPECT_FALSE(feeder.failure()->permanent()) << "the storage's fault, not the file's";
}

TEST(EngineInput, AnswersNobodyWhoAsksForTooMuch) {
  const Bytes far(1'000);
  for (const auto& [offset, count] : {std::pair<std::int64_t, std::uint64_t>{-1, 1},
                                      {0, kMaxRangeBytes + 1},
                                      {0, ~std::uint64_t{0}}}) {
    Ends ends;
    const SourceFeeder feeder(far, std::move(ends.ours));
    ASSERT_TRUE(
        send_bytes(ends.theirs.get(), reinterpret_cast<const char*>(&offset), sizeof offset));
    ASSERT_TRUE(send_bytes(ends.theirs.get(), reinterpret_cast<const char*>(&count), sizeof count));
    char answer = 0;
    EXPECT_FALSE(receive_bytes(ends.theirs.get(), &answer, 1));
  }
}

TEST(EngineInput, EndsWithTheWorker) {
  const Bytes far(1'000);
  Ends ends;
  { const SourceFeeder feeder(far, std::move(ends.ours)); }
  const SocketSource source(ends.theirs.get(), far.size_bytes());
  std::string into(10, '\0');
  EXPECT_FALSE(source.read_at(0, into));
}

}  // namespace
}  // namespace sluice
