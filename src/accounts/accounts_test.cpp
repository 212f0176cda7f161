#include "accounts/accounts.h"

#include "accounts/account_fixture.h"
#include "accounts/token.h"

namespace sluice {
namespace {

constexpr auto kEmail = "user@example.com";
constexpr auto kPassword = "correct horse";
constexpr auto kAddress = "192.0.2.1";

class AccountsTest : public AccountFixture {};

template <class T>
std::string code_of(const Result<T>& result) {
  return result ? "fine" : result.error().code;
}

TEST_F(AccountsTest, SignUpThenSignInThenOut) {
  const auto signed_up = accounts_->sign_up(kEmail, kPassword);
  ASSERT_TRUE(signed_up) << code_of(signed_up);
  EXPECT_EQ(signed_up->user.email, kEmail);
  EXPECT_EQ(signed_up->stored.expires_at, clock_.now() + std::chrono::hours{30 * 24});

  const auto signed_in = accounts_->sign_in("User@Example.com", kPassword, kAddress);
  ASSERT_TRUE(signed_in) << code_of(signed_in);
  EXPECT_EQ(signed_in->user.id, signed_up->user.id);
  EXPECT_NE(signed_in->token, signed_up->token);
  EXPECT_EQ(accounts_->find_user(signed_in->token).value()->id, signed_up->user.id);

  EXPECT_TRUE(accounts_->sign_out(signed_in->token));
  EXPECT_TRUE(accounts_->sign_out(signed_in->token)) << "again";
  EXPECT_FALSE(accounts_->find_user(signed_in->token).value());
  EXPECT_TRUE(accounts_->find_user(signed_up->token).value()) << "the other session goes on";
}

TEST_F(AccountsTest, RefusesASecondAccountOfTheSameAddress) {
  ASSERT_TRUE(accounts_->sign_up(kEmail, kPassword));
  EXPECT_EQ(code_of(accounts_->sign_up("USER@example.com", "another password")), "email_taken");
}

TEST_F(AccountsTest, RefusesWeakPasswordsAndBadAddresses) {
  EXPECT_EQ(code_of(accounts_->sign_up(kEmail, "short")), "weak_password");
  EXPECT_EQ(code_of(accounts_->sign_up("no address", kPassword)), "invalid_email");
  EXPECT_EQ(code_of(accounts_->sign_in(kEmail, "short", kAddress)), "invalid_credentials");
}

TEST_F(AccountsTest, SaysTheSameForAWrongPasswordAndAnUnknownAddress) {
  ASSERT_TRUE(accounts_->add_user(kEmail, kPassword));
  const auto wrong = accounts_->sign_in(kEmail, "wrong horse", kAddress);
  const auto unknown = accounts_->sign_in("nobody@example.com", kPassword, kAddress);
  const auto malformed = accounts_->sign_in("nobody", kPassword, kAddress);
  ASSERT_FALSE(wrong);
  ASSERT_FALSE(unknown);
  EXPECT_EQ(code_of(wrong), "invalid_credentials");
  EXPECT_EQ(code_of(unknown), "invalid_credentials");
  EXPECT_EQ(code_of(malformed), "invalid_credentials");
  EXPECT_EQ(wrong.error().message, unknown.error().message);
}

TEST_F(AccountsTest, WithoutSignUpOnlyTheOperatorAddsAccounts) {
  Accounts closed(*catalog_, clock_, {.allow_signup = false});
  EXPECT_EQ(code_of(closed.sign_up(kEmail, kPassword)), "signup_disabled");
  EXPECT_TRUE(closed.add_user(kEmail, kPassword));
  EXPECT_TRUE(closed.sign_in(kEmail, kPassword, kAddress));
}

TEST_F(AccountsTest, LimitsFailuresOfOneAddressWithOneEmail) {
  ASSERT_TRUE(accounts_->add_user(kEmail, kPassword));
  for (std::size_t i = 0; i < SignInLimit::kFailures; ++i) {
    EXPECT_EQ(code_of(accounts_->sign_in(kEmail, "wrong horse", kAddress)), "invalid_credentials");
  }
  EXPECT_EQ(code_of(accounts_->sign_in("USER@example.com", kPassword, kAddress)),
            "too_many_attempts");
  EXPECT_EQ(accounts_->retry_after(kEmail, kAddress), SignInLimit::kWindow);
  EXPECT_TRUE(accounts_->sign_in(kEmail, kPassword, "192.0.2.2")) << "from elsewhere";
  clock_.advance(SignInLimit::kWindow);
  EXPECT_TRUE(accounts_->sign_in(kEmail, kPassword, kAddress));
}

TEST_F(AccountsTest, TokensExpire) {
  const auto user = accounts_->add_user(kEmail, kPassword).value();
  const auto session = accounts_->sign_in(kEmail, kPassword, kAddress).value();
  const auto token = accounts_->create_token(user, "backups", std::chrono::hours{1}).value();
  EXPECT_TRUE(accounts_->find_user(token.token).value());
  clock_.advance(std::chrono::hours{1});
  EXPECT_FALSE(accounts_->find_user(token.token).value());
  EXPECT_TRUE(accounts_->find_user(session.token).value());
  clock_.advance(std::chrono::hours{30 * 24});
  EXPECT_FALSE(accounts_->find_user(session.token).value());
}

TEST_F(AccountsTest, FindsKnownAccountsOnly) {
  EXPECT_EQ(code_of(accounts_->find_account(kEmail)), "user_not_found");
  const auto user = accounts_->add_user(kEmail, kPassword).value();
  EXPECT_EQ(accounts_->find_account("USER@example.com").value().id, user.id);
}

TEST_F(AccountsTest, KeepsTheNumberOfTokensWithinBounds) {
  const auto user = accounts_->add_user(kEmail, kPassword).value();
  auto token = accounts_->create_token(user, "0", std::nullopt).value();
  for (int i = 1; i < 100; ++i) {
    ASSERT_TRUE(accounts_->create_token(user, std::to_string(i), std::nullopt));
  }
  EXPECT_EQ(code_of(accounts_->create_token(user, "100", std::nullopt)), "too_many_tokens");
  EXPECT_TRUE(accounts_->sign_in(kEmail, kPassword, kAddress)) << "sessions are none of them";
  ASSERT_TRUE(accounts_->remove_token(user, token.stored.id));
  EXPECT_TRUE(accounts_->create_token(user, "100", std::nullopt));
}

TEST_F(AccountsTest, StoresTheHashOfATokenAndNotTheToken) {
  const auto issued = accounts_->sign_up(kEmail, kPassword).value();
  EXPECT_TRUE(catalog_->find_user_by_token(hash_token(issued.token), clock_.now()).value());
  EXPECT_FALSE(catalog_->find_user_by_token(issued.token, clock_.now()).value());
  EXPECT_FALSE(accounts_->find_user(hash_token(issued.token)).value());
  EXPECT_FALSE(accounts_->find_user("").value());
}

}  // namespace
}  // namespace sluice
