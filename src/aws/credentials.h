// The AWS credentials that a process uses, kept fresh.
#pragma once

#include <mutex>
#include <optional>
#include <string>

#include "aws/credential_sources.h"
#include "base/result.h"
#include "base/time.h"

namespace sluice {

class CredentialProvider {
 public:
  virtual ~CredentialProvider() = default;

  // Valid at the moment. Thread-safe, and quick but for the first call and the rare one that
  // fetches new ones. `unavailable`, code no_credentials: the message says where was looked.
  virtual Result<AwsCredentials> get() = 0;

  // AWS said that these are expired or unknown: the next get() looks again.
  virtual void forget(const AwsCredentials& rejected) = 0;
};

// For tests, and for keys that are known.
class FixedCredentials final : public CredentialProvider {
 public:
  explicit FixedCredentials(AwsCredentials credentials) : credentials_(std::move(credentials)) {}
  Result<AwsCredentials> get() override { return credentials_; }
  void forget(const AwsCredentials&) override {}

 private:
  AwsCredentials credentials_;
};

// Looks in the environment, at the web identity, in the shared file, at the container's and the
// machine's service, in this order; the first that is set up counts. What expires is fetched anew
// some minutes before, by one thread while the others go on with the old ones.
class CredentialChain final : public CredentialProvider {
 public:
  // `clock` outlives it.
  explicit CredentialChain(const Clock& clock, Environment env = process_environment());

  Result<AwsCredentials> get() override;
  void forget(const AwsCredentials& rejected) override;

  // Where the present ones came from, for `sluice doctor`; empty before the first get().
  std::string source() const;

 private:
  Result<LoadedCredentials> load();
  std::optional<LoadedCredentials> current() const;
  bool is_due(const LoadedCredentials& loaded, Timestamp now) const;

  const Clock& clock_;
  const Environment env_;
  HttpClient internet_;
  HttpClient nearby_;

  std::mutex loading_;  // held while the sources are asked; taken before mutex_
  mutable std::mutex mutex_;
  std::optional<LoadedCredentials> loaded_;
  Timestamp retry_at_{};
};

}  // namespace sluice
