#include "queue/sqs/sqs_options.h"

#include <gmock/gmock.h>

namespace sluice {
namespace {

using ::testing::HasSubstr;

TEST(SqsOptions, NamesARegionAndAQueue) {
  const auto options = parse_sqs_url("sqs://eu-central-1/sluice").value();
  EXPECT_EQ(options.region, "eu-central-1");
  EXPECT_EQ(options.queue, "sluice");
  EXPECT_EQ(options.endpoint, "https://sqs.eu-central-1.amazonaws.com");
  EXPECT_EQ(parse_sqs_url("sqs://cn-north-1/a")->endpoint,
            "https://sqs.cn-north-1.amazonaws.com.cn");
}

TEST(SqsOptions, MayNameAnEndpoint) {
  for (const char* url : {"sqs://us-east-1/q?endpoint=http://127.0.0.1:4566",
                          "sqs://us-east-1/q?endpoint=http%3A%2F%2F127.0.0.1%3A4566"}) {
    EXPECT_EQ(parse_sqs_url(url).value().endpoint, "http://127.0.0.1:4566");
  }
}

TEST(SqsOptions, SaysWhatIsWrong) {
  const struct {
    std::string url;
    const char* reason;
  } cases[] = {
      {"amqp://host", "expected sqs://REGION/QUEUE"},
      {"sqs://", "a region"},
      {"sqs:///queue", "a region"},
      {"sqs://eu.central/queue", "a region"},
      {"sqs://eu-central-1", "a name"},
      {"sqs://eu-central-1/", "a name"},
      {"sqs://eu-central-1/a/b", "a name"},
      {"sqs://eu-central-1/a.fifo", "a name"},
      {"sqs://eu-central-1/" + std::string(75, 'a'), "at most 74"},
      {"sqs://eu-central-1/a?", "only ?endpoint="},
      {"sqs://eu-central-1/a?x=1", "only ?endpoint="},
      {"sqs://eu-central-1/a?endpoint=", "only ?endpoint="},
      {"sqs://eu-central-1/a?endpoint=ftp://host", "only ?endpoint="},
      {"sqs://eu-central-1/a?endpoint=http://host/path", "only ?endpoint="},
      {"sqs://eu-central-1/a?endpoint=http://user@host", "only ?endpoint="},
  };
  for (const auto& [url, reason] : cases) {
    const auto options = parse_sqs_url(url);
    ASSERT_FALSE(options) << url;
    EXPECT_EQ(options.error().code, "bad_queue_url");
    EXPECT_THAT(options.error().message, HasSubstr(reason)) << url;
  }
  EXPECT_TRUE(parse_sqs_url("sqs://eu-central-1/" + std::string(74, 'a')));
}

}  // namespace
}  // namespace sluice
