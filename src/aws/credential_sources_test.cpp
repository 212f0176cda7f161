#include "aws/credential_sources.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>

#include <gtest/gtest.h>

#include "aws/shared_credentials_file.h"
#include "http/testing_client.h"

namespace sluice {
namespace {

using http::Request;
using http::Response;
using http::Router;
using http::testing::RunningServer;

Environment env_of(std::map<std::string, std::string> values) {
  return [values = std::move(values)](const std::string& name) -> std::optional<std::string> {
    const auto at = values.find(name);
    if (at == values.end() || at->second.empty()) return std::nullopt;
    return at->second;
  };
}

class TextFile {
 public:
  explicit TextFile(std::string_view text) {
    char name[] = "/tmp/sluice-credentials-XXXXXX";
    const int fd = ::mkstemp(name);
    (void)!::write(fd, text.data(), text.size());
    ::close(fd);
    path_ = name;
  }
  ~TextFile() { std::filesystem::remove(path_); }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

std::string origin(const RunningServer& server) {
  return "http://127.0.0.1:" + std::to_string(server.port());
}

const std::string kAnswer =
    R"({"Code":"Success","AccessKeyId":"ASIA1","SecretAccessKey":"secret","Token":"token",)"
    R"("Expiration":"2026-01-31T12:00:00Z"})";

void expect_answer(const SourceResult& answer) {
  ASSERT_TRUE(answer) << answer.error().message;
  ASSERT_TRUE(answer->found) << answer->why_not;
  EXPECT_EQ(answer->found->credentials.access_key_id, "ASIA1");
  EXPECT_EQ(answer->found->credentials.secret_access_key.reveal(), "secret");
  EXPECT_EQ(answer->found->credentials.session_token.reveal(), "token");
  ASSERT_TRUE(answer->found->expires_at);
  EXPECT_EQ(to_rfc3339(*answer->found->expires_at), "2026-01-31T12:00:00.000Z");
}

TEST(CredentialSources, ReadTheEnvironment) {
  const auto found = credentials_from_environment(env_of(
      {{"AWS_ACCESS_KEY_ID", "AK"}, {"AWS_SECRET_ACCESS_KEY", "SK"}, {"AWS_SESSION_TOKEN", "T"}}));
  ASSERT_TRUE(found && found->found);
  EXPECT_EQ(found->found->credentials.access_key_id, "AK");
  EXPECT_EQ(found->found->credentials.secret_access_key.reveal(), "SK");
  EXPECT_EQ(found->found->credentials.session_token.reveal(), "T");
  EXPECT_FALSE(credentials_from_environment(env_of({}))->found);
  EXPECT_FALSE(credentials_from_environment(env_of({{"AWS_ACCESS_KEY_ID", "AK"}}))) << "half of it";
}

TEST(CredentialSources, ReadAProfileOfTheSharedFile) {
  const TextFile file(
      "# comment\n[default]\r\naws_access_key_id = AKD\r\naws_secret_access_key=SK+/=D\r\n\n"
      "[ other ]\nAWS_ACCESS_KEY_ID=AKO\naws_secret_access_key = SKO\naws_session_token = TO\n"
      "[empty]\nregion = x\n");
  const auto read = [&](const char* profile) {
    return credentials_from_shared_file(
        env_of({{"AWS_SHARED_CREDENTIALS_FILE", file.path()}, {"AWS_PROFILE", profile}}));
  };
  EXPECT_EQ(read("")->found->credentials.access_key_id, "AKD");
  EXPECT_EQ(read("")->found->credentials.secret_access_key.reveal(), "SK+/=D");
  EXPECT_EQ(read("other")->found->credentials.session_token.reveal(), "TO");
  EXPECT_FALSE(read("empty")->found);
  EXPECT_FALSE(read("nobody")) << "asked for by name";
  EXPECT_FALSE(credentials_from_shared_file(env_of({{"HOME", "/nowhere"}}))->found);
}

TEST(CredentialSources, AskTheContainersServiceWithItsToken) {
  Router router;
  router.add("GET", "/v1/credentials", [](const Request& request) {
    return request.header("authorization") == "the token"
               ? Response::text(200, "application/json", kAnswer)
               : Response::text(403, "application/json", R"({"code":"no"})");
  });
  RunningServer server(std::move(router));
  HttpClient http;
  const auto uri = origin(server) + "/v1/credentials";
  expect_answer(
      credentials_from_container(env_of({{"AWS_CONTAINER_CREDENTIALS_FULL_URI", uri},
                                         {"AWS_CONTAINER_AUTHORIZATION_TOKEN", "the token"}}),
                                 http));
  const TextFile token("the token\n");
  expect_answer(
      credentials_from_container(env_of({{"AWS_CONTAINER_CREDENTIALS_FULL_URI", uri},
                                         {"AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", token.path()}}),
                                 http));
  EXPECT_FALSE(
      credentials_from_container(env_of({{"AWS_CONTAINER_CREDENTIALS_FULL_URI", uri}}), http));
  EXPECT_FALSE(credentials_from_container(env_of({}), http)->found);
  for (const auto* elsewhere :
       {"http://192.0.2.1/", "http://127.0.0.1.example.com/", "ftp://127.0.0.1/"}) {
    EXPECT_FALSE(credentials_from_container(
        env_of({{"AWS_CONTAINER_CREDENTIALS_FULL_URI", elsewhere}}), http));
  }
}

// As version 2 of the service: nothing without a session's token.
Router instance_metadata() {
  Router router;
  const auto allowed = [](const Request& request) {
    return request.header("x-aws-ec2-metadata-token") == "session";
  };
  router.add("PUT", "/latest/api/token", [](const Request& request) {
    const bool asked = request.header("x-aws-ec2-metadata-token-ttl-seconds") == "21600";
    return asked ? Response::text(200, "text/plain", "session") : Response::empty(400);
  });
  router.add("GET", "/latest/meta-data/iam/security-credentials/*role",
             [=](const Request& request) {
               if (!allowed(request)) return Response::empty(401);
               const auto role = request.param("role");
               if (role.empty()) return Response::text(200, "text/plain", "sluice-worker");
               return role == "sluice-worker" ? Response::text(200, "application/json", kAnswer)
                                              : Response::empty(404);
             });
  return router;
}

TEST(CredentialSources, AskTheInstanceMetadataService) {
  RunningServer server(instance_metadata());
  HttpClient http;
  expect_answer(credentials_from_instance_role(
      env_of({{"AWS_EC2_METADATA_SERVICE_ENDPOINT", origin(server) + "/"}}), http));
  EXPECT_FALSE(
      credentials_from_instance_role(env_of({{"AWS_EC2_METADATA_SERVICE_ENDPOINT", origin(server)},
                                             {"AWS_EC2_METADATA_DISABLED", "true"}}),
                                     http)
          ->found);
}

TEST(CredentialSources, TakeAMachineWithoutTheServiceForOneWithoutARole) {
  int port = 0;
  { port = RunningServer(Router()).port(); }
  HttpClient http;
  const auto answer = credentials_from_instance_role(
      env_of({{"AWS_EC2_METADATA_SERVICE_ENDPOINT", "http://127.0.0.1:" + std::to_string(port)}}),
      http);
  ASSERT_TRUE(answer);
  EXPECT_FALSE(answer->found);
}

TEST(CredentialSources, ExchangeAWebIdentity) {
  Router router;
  router.add("POST", "/", [](const Request& request) {
    const bool right = request.body ==
                       "Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleArn=arn%3Aaws%"
                       "3Aiam%3A%3A1%3Arole%2Fr"
                       "&RoleSessionName=sluice&WebIdentityToken=jwt%2B";
    return right
               ? Response::text(
                     200, "text/xml",
                     "<AssumeRoleWithWebIdentityResponse><AssumeRoleWithWebIdentityResult><"
                     "Credentials>"
                     "<SessionToken>token</SessionToken><SecretAccessKey>secret</SecretAccessKey>"
                     "<Expiration>2026-01-31T12:00:00Z</Expiration><AccessKeyId>ASIA1</AccessKeyId>"
                     "</Credentials></AssumeRoleWithWebIdentityResult></"
                     "AssumeRoleWithWebIdentityResponse>")
               : Response::text(400, "text/xml",
                                "<Error><Code>InvalidIdentityToken</Code></Error>");
  });
  RunningServer server(std::move(router));
  HttpClient http;
  const TextFile token("jwt+\n"), wrong("other");
  const auto exchange = [&](const std::string& file) {
    return credentials_from_web_identity(env_of({{"AWS_WEB_IDENTITY_TOKEN_FILE", file},
                                                 {"AWS_ROLE_ARN", "arn:aws:iam::1:role/r"},
                                                 {"AWS_ENDPOINT_URL_STS", origin(server)}}),
                                         http);
  };
  expect_answer(exchange(token.path()));
  const auto refused = exchange(wrong.path());
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find("InvalidIdentityToken"), std::string::npos);
}

}  // namespace
}  // namespace sluice
