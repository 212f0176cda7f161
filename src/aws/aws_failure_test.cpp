#include "aws/aws_failure.h"

#include <gtest/gtest.h>

namespace sluice {
namespace {

FetchResponse answer(int status, std::string body, std::string type = "") {
  FetchResponse response;
  response.status = status;
  response.body = std::move(body);
  if (!type.empty()) response.headers = {{"x-amzn-errortype", type}};
  return response;
}

TEST(AwsFailure, FindsTheCodeWhereverItStands) {
  const auto code = [](const FetchResponse& response) { return aws_fault(response).code; };
  EXPECT_EQ(code(answer(404, "<?xml version=\"1.0\"?><Error><Code>NoSuchKey</Code></Error>")),
            "NoSuchKey");
  EXPECT_EQ(code(answer(400, R"({"__type":"com.amazonaws.sqs#QueueDoesNotExist","message":"x"})")),
            "QueueDoesNotExist");
  EXPECT_EQ(code(answer(400, "{}", "ThrottlingException:http://internal.amazon.com/")),
            "ThrottlingException");
  EXPECT_EQ(code(answer(403, "")), "");
  EXPECT_EQ(code(answer(500, "<html>")), "");
  EXPECT_EQ(code(answer(400, "{broken")), "");
  EXPECT_EQ(code(answer(200, "a video with <Code>in it</Code>")), "");
}

TEST(AwsFailure, TellsWhatMaySucceedInAMoment) {
  for (const AwsFault& fault :
       {AwsFault{500, ""}, AwsFault{502, ""}, AwsFault{503, "SlowDown"}, AwsFault{429, ""},
        AwsFault{400, "RequestTimeout"}, AwsFault{400, "ThrottlingException"}}) {
    EXPECT_TRUE(is_transient(fault)) << fault.status << fault.code;
    EXPECT_EQ(aws_error(fault, "It").kind, ErrorKind::unavailable);
  }
  for (const AwsFault& fault : {AwsFault{200, ""}, AwsFault{403, "AccessDenied"},
                                AwsFault{404, "NoSuchKey"}, AwsFault{501, "NotImplemented"}}) {
    EXPECT_FALSE(is_transient(fault)) << fault.status << fault.code;
  }
}

TEST(AwsFailure, NamesTheSubjectAndTheCode) {
  const auto error = aws_error({403, "AccessDenied"}, "The bucket media");
  EXPECT_EQ(error.kind, ErrorKind::denied);
  EXPECT_EQ(error.message, "The bucket media answered 403 AccessDenied.");
  EXPECT_EQ(aws_error({404, ""}, "It").kind, ErrorKind::not_found);
  EXPECT_EQ(aws_error({412, "PreconditionFailed"}, "It").kind, ErrorKind::conflict);
  EXPECT_EQ(aws_error({400, "InvalidArgument"}, "It").kind, ErrorKind::internal);
  EXPECT_EQ(aws_error({403, "RequestTimeTooSkewed"}, "It").code, "clock_skew");
}

}  // namespace
}  // namespace sluice
