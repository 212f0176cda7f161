#include "accounts/account_rules.h"

#include <gtest/gtest.h>

namespace sluice {
namespace {

std::string code_of(const Result<>& result) { return result ? "fine" : result.error().code; }

TEST(AccountRules, TakeAddressesThatCouldBeReal) {
  for (const auto* email : {"user@example.com", "a@b", "first.last+tag@sub.example.com",
                            "jörg@bücher.example", "x@[192.0.2.1]"}) {
    EXPECT_EQ(code_of(check_email(email)), "fine") << email;
  }
  EXPECT_EQ(code_of(check_email(std::string(252, 'a') + "@b")), "fine");
}

TEST(AccountRules, RefuseWhatIsNoAddress) {
  const std::string bad[] = {"",
                             "user",
                             "@example.com",
                             "user@",
                             "a@b@c",
                             "a b@c",
                             "a@b\n",
                             "a@b\r\nBcc: c@d",
                             "<a@b>",
                             "a@b,c@d",
                             "\xff@b",
                             std::string("a\0@b", 4),
                             std::string(253, 'a') + "@b"};
  for (const auto& email : bad) EXPECT_EQ(code_of(check_email(email)), "invalid_email") << email;
}

TEST(AccountRules, TakeAnyNameForATokenThatCanBeRead) {
  for (const auto* name : {"a", "Back-ups of the blog", "日本語", " x "}) {
    EXPECT_EQ(code_of(check_token_name(name)), "fine") << name;
  }
  std::string long_name;
  for (int i = 0; i < 100; ++i) long_name += "ü";
  EXPECT_EQ(code_of(check_token_name(long_name)), "fine");
  for (const auto& name : {std::string(), std::string("  "), std::string("a\nb"),
                           std::string("\xff"), std::string("a\0b", 3), long_name + "x"}) {
    EXPECT_EQ(code_of(check_token_name(name)), "invalid_name") << name;
  }
}

TEST(AccountRules, CountCharactersOfAPasswordAndNotBytes) {
  EXPECT_EQ(code_of(check_password("1234567")), "weak_password");
  EXPECT_EQ(code_of(check_password("12345678")), "fine");
  EXPECT_EQ(code_of(check_password("üüüü")), "weak_password") << "8 bytes";
  EXPECT_EQ(code_of(check_password("üüüüüüüü")), "fine");
  EXPECT_EQ(code_of(check_password(std::string(1024, 'x'))), "fine");
  EXPECT_EQ(code_of(check_password(std::string(1025, 'x'))), "password_too_long");
}

}  // namespace
}  // namespace sluice
