#include "signing/hmac.h"

#include <gtest/gtest.h>

#include "base/encoding.h"

namespace sluice {
namespace {

std::string hex(const HmacKey::Mac& mac) { return to_hex({mac.data(), mac.size()}); }

TEST(HmacKey, FollowsTheVectorsOfRfc4231) {
  const struct {
    std::string key, message, mac;
  } vectors[] = {
      {std::string(20, '\x0b'), "Hi There",
       "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"},
      {"Jefe", "what do ya want for nothing?",
       "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
      {std::string(20, '\xaa'), std::string(50, '\xdd'),
       "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"},
      {std::string(131, '\xaa'), "Test Using Larger Than Block-Size Key - Hash Key First",
       "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"},
  };
  for (const auto& vector : vectors) {
    EXPECT_EQ(hex(HmacKey(vector.key).sign(vector.message)), vector.mac);
  }
}

TEST(HmacKey, VerifiesOnlyTheWholeMacOfTheSameMessage) {
  const HmacKey key("key");
  const auto mac = key.sign("message");
  const std::string_view text(mac.data(), mac.size());
  EXPECT_TRUE(key.verify("message", text));
  EXPECT_FALSE(key.verify("Message", text));
  EXPECT_FALSE(key.verify("message", text.substr(0, 31)));
  EXPECT_FALSE(key.verify("message", ""));
  EXPECT_FALSE(HmacKey("kez").verify("message", text));
}

TEST(HmacKey, GivesEachPurposeItsOwnKey) {
  const Secret secret("secret");
  EXPECT_EQ(HmacKey(secret, "one").sign("m"), HmacKey(secret, "one").sign("m"));
  EXPECT_NE(HmacKey(secret, "one").sign("m"), HmacKey(secret, "two").sign("m"));
}

}  // namespace
}  // namespace sluice
