#include "signing/cloudfront_key.h"

#include <gmock/gmock.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include "signing/testing/pem.h"

namespace sluice {
namespace {

using ::testing::HasSubstr;
using testing::made_key;
using testing::pem_of;
using testing::PemForm;
using testing::verifies;

std::string refusal(const std::string& pem) {
  const auto key = CloudFrontKey::from_pem(Secret(pem));
  EXPECT_FALSE(key);
  if (key) return "";
  EXPECT_EQ(key.error().code, "bad_cdn_key");
  EXPECT_EQ(key.error().kind, ErrorKind::invalid);
  return key.error().message;
}

TEST(CloudFrontKey, SignsWithRsaAndEcdsaInEveryFormOfPem) {
  for (const char* kind : {"RSA-2048", "P-256"}) {
    const auto made = made_key(kind);
    for (const auto form : {PemForm::traditional, PemForm::pkcs8}) {
      const auto key = CloudFrontKey::from_pem(Secret(pem_of(made, form)));
      ASSERT_TRUE(key) << kind << ": " << key.error().message;
      for (const auto hash : {CloudFrontHash::sha1, CloudFrontHash::sha256}) {
        const auto signature = key->sign("a policy", hash).value();
        EXPECT_TRUE(verifies(made, "a policy", signature, hash)) << kind;
        EXPECT_FALSE(verifies(made, "another", signature, hash)) << kind;
      }
    }
  }
}

TEST(CloudFrontKey, SignsTheSameWithRsaEachTime) {
  const auto key =
      CloudFrontKey::from_pem(Secret(pem_of(made_key("RSA-2048"), PemForm::pkcs8))).value();
  EXPECT_EQ(key.sign("text", CloudFrontHash::sha1).value(),
            key.sign("text", CloudFrontHash::sha1).value());
}

TEST(CloudFrontKey, SaysWhatIsWrongWithAKey) {
  EXPECT_THAT(refusal(""), HasSubstr("no private key"));
  EXPECT_THAT(refusal("K2JCJMDEHXQW5F"), HasSubstr("no private key"));
  EXPECT_THAT(refusal("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"),
              HasSubstr("no private key"));
  EXPECT_THAT(refusal(pem_of(made_key("RSA-1024"), PemForm::pkcs8)), HasSubstr("1024 bits"));
  EXPECT_THAT(refusal(pem_of(made_key("P-384"), PemForm::pkcs8)), HasSubstr("secp384r1"));
  EXPECT_THAT(refusal(pem_of(made_key("ED25519"), PemForm::pkcs8)), HasSubstr("RSA and ECDSA"));
  EXPECT_THAT(refusal(pem_of(made_key("P-256"), PemForm::public_half)), HasSubstr("public key"));
  EXPECT_THAT(refusal(pem_of(made_key("P-256"), PemForm::encrypted)), HasSubstr("encrypted"));
  EXPECT_THAT(refusal(pem_of(made_key("P-256"), PemForm::traditional_encrypted)),
              HasSubstr("encrypted"));
}

TEST(CloudFrontKey, NamesTheFileThatItCantUse) {
  for (const char* path : {"/no/such/file.pem", "/", "/dev/null"}) {
    const auto key = CloudFrontKey::from_file(path);
    ASSERT_FALSE(key);
    EXPECT_EQ(key.error().code, "bad_cdn_key");
    EXPECT_THAT(key.error().message, HasSubstr(path));
  }
}

}  // namespace
}  // namespace sluice
