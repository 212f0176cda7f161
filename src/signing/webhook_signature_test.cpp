#include "signing/webhook_signature.h"

#include <gtest/gtest.h>

#include "base/encoding.h"

namespace sluice {
namespace {

// The vector that the reference implementations of Standard Webhooks test themselves with.
const Secret kSecret{"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"};
constexpr WebhookMessage kMessage{"msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330,
                                  R"({"test": 2432232314})"};
constexpr std::string_view kSignature = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";

TEST(WebhookSignature, IsThatOfTheReferenceImplementations) {
  EXPECT_EQ(sign_webhook(kSecret, kMessage), kSignature);
  EXPECT_EQ(sign_webhook(Secret("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"), kMessage), kSignature);
}

TEST(WebhookSignature, CoversIdTimeAndBody) {
  auto other = kMessage;
  other.id = "msg_p5jXN8AQM9LWM0D4loKWxJel";
  EXPECT_NE(sign_webhook(kSecret, other), kSignature);
  other = kMessage;
  ++other.unix_seconds;
  EXPECT_NE(sign_webhook(kSecret, other), kSignature);
  other = kMessage;
  other.body = R"({"test":2432232314})";
  EXPECT_NE(sign_webhook(kSecret, other), kSignature);
}

TEST(WebhookSignature, IsMadeWithEverySecretWhileOneReplacesTheOther) {
  const auto fresh = to_webhook_secret(std::string(32, 'n'));
  EXPECT_EQ(webhook_signature_header({kSecret}, kMessage), kSignature);
  EXPECT_EQ(webhook_signature_header({fresh, kSecret}, kMessage),
            *sign_webhook(fresh, kMessage) + " " + std::string(kSignature));
}

TEST(WebhookSignature, SecretsAreOf24To64Bytes) {
  EXPECT_EQ(to_webhook_secret("\x01\x02\x03").reveal(), "whsec_AQID");
  for (const std::size_t bytes : {24u, 32u, 64u}) {
    EXPECT_TRUE(sign_webhook(to_webhook_secret(std::string(bytes, 'k')), kMessage)) << bytes;
  }
  for (const std::size_t bytes : {0u, 23u, 65u}) {
    EXPECT_FALSE(sign_webhook(to_webhook_secret(std::string(bytes, 'k')), kMessage)) << bytes;
  }
  EXPECT_FALSE(sign_webhook(Secret("whsec_not base64, whatever it is"), kMessage));
}

}  // namespace
}  // namespace sluice
