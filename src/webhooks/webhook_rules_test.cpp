#include "webhooks/webhook_rules.h"

#include <gtest/gtest.h>

namespace sluice {
namespace {

std::string verdict(std::string_view url, bool allow_private = false) {
  const auto checked = check_webhook_url(url, {.allow_private_addresses = allow_private});
  return checked ? "good" : checked.error().code;
}

TEST(WebhookUrl, IsAnAbsoluteHttpsUrl) {
  for (const auto* url :
       {"https://example.com", "https://example.com/", "https://example.com/hooks?a=1&b=%20",
        "HTTPS://Example.COM/x", "https://example.com:8443/x", "https://sub.example_1.com?x",
        "https://1.1.1.1/x", "https://[2600::1]/x", "https://[2600::1]:8443/x",
        "https://xn--bcher-kva.example/", "https://example.com/a@b:c", "https://example.com./"}) {
    EXPECT_EQ(verdict(url), "good") << url;
  }
}

TEST(WebhookUrl, IsNothingElse) {
  for (const auto* url : {"",
                          "example.com",
                          "//example.com/",
                          "/x",
                          "https:/example.com",
                          "https://",
                          "https:///x",
                          "https://?x",
                          "ftp://example.com/",
                          "file:///etc/passwd",
                          "gopher://example.com/",
                          "javascript:alert(1)",
                          "http://example.com/",
                          "https://user@example.com/",
                          "https://user:secret@example.com/",
                          "https://example.com@127.0.0.1/",
                          "https://example.com:0/",
                          "https://example.com:65536/",
                          "https://example.com:x/",
                          "https://example.com:/",
                          "https://a:1:2/",
                          "https://[::1",
                          "https://[::1]x/",
                          "https://[fe80::1%251]/",
                          "https://exa mple.com/",
                          "https://example.com/a b",
                          "https://example.com/\r\nX: y",
                          "https://example.com\\@127.0.0.1/",
                          "https://example.com/#x",
                          "https://bücher.example/",
                          "https://%31.example/",
                          " https://example.com/"}) {
    EXPECT_EQ(verdict(url), "invalid_url") << url;
  }
  const auto url_of = [](std::size_t bytes) {
    return "https://example.com/" + std::string(bytes - 20, 'x');
  };
  EXPECT_EQ(verdict(url_of(kMaxWebhookUrlBytes)), "good");
  EXPECT_EQ(verdict(url_of(kMaxWebhookUrlBytes + 1)), "invalid_url");
  EXPECT_EQ(verdict("https://" + std::string(256, 'x') + "/"), "invalid_url");
}

TEST(WebhookUrl, NamesNoPrivateAddress) {
  for (const auto* url :
       {"https://127.0.0.1/", "https://169.254.169.254/latest/meta-data/", "https://10.0.0.1:8443/",
        "https://2130706433/", "https://0x7f.1/", "https://0177.0.0.1/", "https://[::1]/",
        "https://[::ffff:192.168.0.1]:443/", "https://[fd00::1]/"}) {
    EXPECT_EQ(verdict(url), "address_refused") << url;
  }
}

TEST(WebhookUrl, MayNameThemAndPlainHttpWhereTheOperatorSaysSo) {
  for (const auto* url : {"http://127.0.0.1:9000/hook", "https://10.0.0.1/", "http://localhost/",
                          "http://[::1]:9000/", "http://receiver/"}) {
    EXPECT_EQ(verdict(url, true), "good") << url;
  }
  EXPECT_EQ(verdict("http://user@127.0.0.1/", true), "invalid_url");
  EXPECT_EQ(verdict("ftp://127.0.0.1/", true), "invalid_url");
}

TEST(WebhookDescription, IsAShortLineOfText) {
  const auto good = [](std::string_view text) { return bool(check_webhook_description(text)); };
  EXPECT_TRUE(good(""));
  EXPECT_TRUE(good("Billing, Zürich"));
  std::string umlauts;
  for (int i = 0; i < 200; ++i) umlauts += "ü";
  EXPECT_TRUE(good(umlauts));
  EXPECT_FALSE(good(umlauts + "x"));
  EXPECT_FALSE(good("two\nlines"));
  EXPECT_FALSE(good("\xff"));
}

}  // namespace
}  // namespace sluice
