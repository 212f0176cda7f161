// What an AWS service means when it says no. Pure.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "fetch/http_client.h"

namespace sluice {

struct AwsFault {
  int status = 0;
  std::string code;  // AWS's: "NoSuchKey"; empty when the answer names none, as that to a HEAD
};

// From an XML or JSON body, or the header of JSON services. Of "com.amazonaws.sqs#Name" the name.
AwsFault aws_fault(const FetchResponse& response);

// The same request may succeed in a moment.
bool is_transient(const AwsFault& fault);

// The service takes this machine's clock for wrong.
bool is_clock_fault(const AwsFault& fault);

// The credentials are expired or unknown by now; others may do.
bool is_credentials_fault(const AwsFault& fault);

// `subject` is the start of the message: "The bucket media". Transient: `unavailable`, code
// aws_unavailable; the rest by its status: `denied` (aws_denied, clock_skew), `not_found`
// (aws_not_found), `conflict` (aws_conflict), `internal` (aws_refused).
Error aws_error(const AwsFault& fault, std::string_view subject);

}  // namespace sluice
