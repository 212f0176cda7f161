#include "queue/sqs/sqs_protocol.h"

#include <gtest/gtest.h>

namespace sluice {
namespace {

using nlohmann::json;
using std::chrono::seconds;

TEST(SqsProtocol, AsksForMessagesWithAllThatItNeedsToKnow) {
  const auto request = sqs_receive_request("http://q", {1, seconds{5}, seconds{120}});
  EXPECT_EQ(request, json::parse(R"({"QueueUrl":"http://q","MaxNumberOfMessages":1,
    "WaitTimeSeconds":5,"VisibilityTimeout":120,"MessageAttributeNames":["All"],
    "MessageSystemAttributeNames":["ApproximateReceiveCount","SentTimestamp"]})"));
}

TEST(SqsProtocol, ReadsMessages) {
  const auto messages = sqs_messages(json::parse(R"({"Messages":[
    {"MessageId":"1","ReceiptHandle":"h1","Body":"one",
     "Attributes":{"ApproximateReceiveCount":"3","SentTimestamp":"1700000000123"}},
    {"MessageId":"2","ReceiptHandle":"h2","Body":"two",
     "Attributes":{"ApproximateReceiveCount":"1","SentTimestamp":"1700000000123"},
     "MessageAttributes":{"Deliveries":{"DataType":"Number","StringValue":"2"},
       "PublishedAt":{"DataType":"Number","StringValue":"1600000000000"},
       "Reason":{"DataType":"String","StringValue":"not JSON"}}}]})"))
                            .value();
  ASSERT_EQ(messages.size(), 2u);
  EXPECT_EQ(messages[0].id, "1");
  EXPECT_EQ(messages[0].handle, "h1");
  EXPECT_EQ(messages[0].body, "one");
  EXPECT_EQ(messages[0].receives, 3);
  EXPECT_EQ(messages[0].earlier_deliveries, 0);
  EXPECT_EQ(messages[0].published_at, from_unix_ms(1'700'000'000'123));
  EXPECT_EQ(messages[0].reason, "");
  EXPECT_EQ(messages[1].earlier_deliveries, 2);
  EXPECT_EQ(messages[1].published_at, from_unix_ms(1'600'000'000'000));
  EXPECT_EQ(messages[1].reason, "not JSON");
}

TEST(SqsProtocol, ReadsAnswersWithoutMessagesAndRefusesNonsense) {
  for (const char* answer : {"{}", R"({"Messages":[]})", R"({"Messages":null})"}) {
    EXPECT_TRUE(sqs_messages(json::parse(answer)).value().empty()) << answer;
  }
  for (const char* answer :
       {R"({"Messages":[{}]})", R"({"Messages":[1]})", R"({"Messages":[{"ReceiptHandle":5}]})"}) {
    EXPECT_EQ(sqs_messages(json::parse(answer)).error().kind, ErrorKind::unavailable) << answer;
  }
}

TEST(SqsProtocol, SendsWhatACopyKnowsOfTheFirst) {
  EXPECT_EQ(sqs_send_request("http://q", {.body = "one"}),
            json::parse(R"({"QueueUrl":"http://q","MessageBody":"one"})"));
  const SqsOutgoing copy{"one", 2, from_unix_ms(5), "bad", seconds{3}};
  EXPECT_EQ(sqs_send_request("http://q", copy), json::parse(R"({"QueueUrl":"http://q",
    "MessageBody":"one","DelaySeconds":3,"MessageAttributes":{
      "Deliveries":{"DataType":"Number","StringValue":"2"},
      "PublishedAt":{"DataType":"Number","StringValue":"5"},
      "Reason":{"DataType":"String","StringValue":"bad"}}})"));
}

TEST(SqsProtocol, CutsBatchesByNumberAndBytes) {
  const auto size = [](std::initializer_list<std::size_t> bytes) {
    std::vector<SqsOutgoing> messages;
    for (const auto count : bytes) messages.push_back({.body = std::string(count, 'x')});
    return sqs_batch_size(messages);
  };
  EXPECT_EQ(size({1}), 1u);
  EXPECT_EQ(size({1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1}), 10u);
  EXPECT_EQ(size({kSqsBatchBytes - 1, 1}), 2u);
  EXPECT_EQ(size({kSqsBatchBytes, 1}), 1u);
  EXPECT_EQ(size({2 * kSqsBatchBytes, 1}), 1u) << "for SQS to judge";
}

TEST(SqsProtocol, ReportsABatchThatWentWrongInPart) {
  EXPECT_TRUE(sqs_batch_result(json::parse(R"({"Successful":[{"Id":"0"}]})")));
  EXPECT_TRUE(sqs_batch_result(json::parse(R"({"Successful":[{"Id":"0"}],"Failed":[]})")));
  const auto theirs = sqs_batch_result(json::parse(
      R"({"Failed":[{"Id":"1","SenderFault":false,"Code":"InternalError","Message":"m"}]})"));
  EXPECT_EQ(theirs.error().kind, ErrorKind::unavailable);
  const auto ours = sqs_batch_result(
      json::parse(R"({"Failed":[{"Id":"1","SenderFault":true,"Code":"InvalidMessageContents"}]})"));
  EXPECT_EQ(ours.error().kind, ErrorKind::internal);
  EXPECT_EQ(ours.error().message, "The queue refused a message: InvalidMessageContents.");
}

TEST(SqsProtocol, MakesQueuesThatMoveWhatIsDeliveredTooOften) {
  auto request = sqs_create_request("q-first", seconds{120}, seconds{1'209'600});
  add_sqs_redrive(request, "arn:aws:sqs:us-east-1:0:q-dead", 5);
  const auto& attributes = request["Attributes"];
  EXPECT_EQ(request["QueueName"], "q-first");
  EXPECT_EQ(attributes["VisibilityTimeout"], "120");
  EXPECT_EQ(attributes["MessageRetentionPeriod"], "1209600");
  EXPECT_EQ(attributes["SqsManagedSseEnabled"], "true");
  EXPECT_EQ(json::parse(attributes["RedrivePolicy"].get<std::string>()),
            json::parse(
                R"({"deadLetterTargetArn":"arn:aws:sqs:us-east-1:0:q-dead","maxReceiveCount":5})"));
}

TEST(SqsProtocol, CountsAreTextsInAnswers) {
  const auto counts = sqs_counts(json::parse(R"({"Attributes":{"ApproximateNumberOfMessages":"7",
    "ApproximateNumberOfMessagesDelayed":"2","ApproximateNumberOfMessagesNotVisible":"3"}})"));
  EXPECT_EQ(counts.visible, 7);
  EXPECT_EQ(counts.delayed, 2);
  EXPECT_EQ(counts.in_flight, 3);
  EXPECT_EQ(sqs_counts(json::object()).visible, 0);
}

TEST(SqsProtocol, CleansTextsOfWhatSqsRefuses) {
  EXPECT_EQ(sqs_text("plain\ttext\n", 100), "plain\ttext\n");
  EXPECT_EQ(sqs_text(std::string("a\x01\x7f\xc3\xa9", 5), 100), "a????");
  EXPECT_EQ(sqs_text("abcdef", 3), "abc");
}

TEST(SqsProtocol, TellsFaultsApart) {
  EXPECT_TRUE(is_sqs_queue_missing("QueueDoesNotExist"));
  EXPECT_TRUE(is_sqs_queue_missing("AWS.SimpleQueueService.NonExistentQueue"));
  EXPECT_FALSE(is_sqs_queue_missing("QueueDeletedRecently"));
  EXPECT_TRUE(is_sqs_handle_lost("ReceiptHandleIsInvalid"));
  EXPECT_TRUE(is_sqs_handle_lost("MessageNotInflight"));
  EXPECT_FALSE(is_sqs_handle_lost("QueueDoesNotExist"));
  EXPECT_TRUE(is_sqs_denied("AccessDeniedException"));
  EXPECT_FALSE(is_sqs_denied("ThrottlingException"));
}

}  // namespace
}  // namespace sluice
