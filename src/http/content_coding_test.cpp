#include "http/content_coding.h"

#include <gtest/gtest.h>

namespace sluice::http {
namespace {

std::string_view name_of(ContentCoding coding) {
  if (coding == ContentCoding::brotli) return "br";
  return coding == ContentCoding::gzip ? "gzip" : "identity";
}

TEST(ContentCoding, FollowsTheClientsWeights) {
  const struct {
    const char *accept, *chosen;
  } cases[] = {
      {"", "identity"},
      {"gzip, deflate, br, zstd", "br"},
      {"gzip, deflate", "gzip"},
      {"x-gzip", "gzip"},
      {"GZip", "gzip"},
      {"br;q=0.5, gzip;q=0.9", "gzip"},
      {"br;q=0.5, gzip;q=0.5", "br"},
      {"br; q=0, gzip", "gzip"},
      {"br;q=0.0, gzip;q=0.000", "identity"},
      {"br;Q=1.000", "br"},
      {"*", "br"},
      {"*;q=0", "identity"},
      {"br;q=0, *", "gzip"},
      {"gzip;q=0.2, *;q=0.1", "gzip"},
      {"identity", "identity"},
      {"identity;q=1, br;q=0.5", "identity"},
      {"identity, br", "br"},
      {"identity;q=0", "identity"},
      {"deflate", "identity"},
      {"br;q=1.5", "identity"},
      {"br;q=x", "identity"},
      {"br;q=", "identity"},
      {"br;q=-1", "identity"},
      {"br;q=1.0001", "identity"},
      {"brotli", "identity"},
      {" , ;q=1,,br\t;\tq=0.1 ,", "br"},
  };
  for (const auto& [accept, chosen] : cases) {
    EXPECT_EQ(name_of(choose_coding(accept, {.gzip = true, .brotli = true})), chosen) << accept;
  }
}

TEST(ContentCoding, TakesOnlyWhatIsThere) {
  EXPECT_EQ(name_of(choose_coding("gzip, br", {})), "identity");
  EXPECT_EQ(name_of(choose_coding("gzip, br", {.gzip = true})), "gzip");
  EXPECT_EQ(name_of(choose_coding("gzip", {.brotli = true})), "identity");
}

}  // namespace
}  // namespace sluice::http
