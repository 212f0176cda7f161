#include "app/status_routes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/openapi.h"
#include "catalog/sql_catalog.h"
#include "queue/sql/sql_job_queue.h"
#include "storage/local/temporary_root.h"

namespace sluice {
namespace {

using testing::HasSubstr;

class StatusRoutes : public testing::Test {
 protected:
  StatusRoutes() {
    const StatusParts parts{{{"database", [] { return Result<>{}; }},
                             {"media",
                              [this]() -> Result<> {
                                if (media_answers_) return {};
                                return fail(ErrorKind::unavailable, "storage_full", "Full.");
                              }}},
                            [this] { return work_now(*catalog_, queue_); },
                            metrics_};
    add_probe_routes(router_, parts);
    add_metrics_route(router_, parts);
    add_instance_routes(router_, configuration_);
  }

  http::Response get(std::string_view path) {
    http::Request request;
    request.method = "GET";
    request.path = path;
    return (*router_.match("GET", path).handler)(request);
  }
  static std::string body(const http::Response& response) {
    return std::get<std::string>(response.body);
  }

  TemporaryRoot root_;
  FakeClock clock_;
  std::unique_ptr<SqlCatalog> catalog_ =
      SqlCatalog::open("sqlite:" + root_.path() + "/sluice.db").value();
  SqlJobQueue queue_{catalog_->database(), clock_};
  Metrics metrics_;
  bool media_answers_ = true;
  Configuration configuration_ = resolve_configuration({}, {}).value();
  http::Router router_;
};

TEST_F(StatusRoutes, AreReadyWhenEveryPartAnswers) {
  EXPECT_EQ(get("/readyz").status, 200);
  media_answers_ = false;
  const auto response = get("/readyz");
  EXPECT_EQ(response.status, 503);
  EXPECT_THAT(body(response), HasSubstr("\"media\":\"storage_full\""));
  EXPECT_THAT(body(response), HasSubstr("\"database\":\"ok\""));
}

TEST_F(StatusRoutes, AreAliveWhateverElseIsNot) {
  media_answers_ = false;
  EXPECT_EQ(get("/healthz").status, 200);
}

TEST_F(StatusRoutes, CountWhatIsInCatalogAndQueue) {
  ASSERT_TRUE(queue_.publish(Lane::rest, "message"));
  const auto text = body(get("/metrics"));
  EXPECT_THAT(text, HasSubstr("sluice_queue_depth{lane=\"rest\"} 1"));
  EXPECT_THAT(text, HasSubstr("sluice_tasks{state=\"waiting\"} 0"));
}

TEST_F(StatusRoutes, DescribeTheInterface) {
  const auto described = nlohmann::json::parse(body(get("/api/openapi.json")));
  EXPECT_TRUE(described.at("openapi").get<std::string>().starts_with("3."));
  EXPECT_TRUE(described.at("paths").contains("/metrics"));
}

TEST_F(StatusRoutes, SayWhatAPageHasToKnowBeforehand) {
  configuration_.embed_origins = {"https://a.example"};
  configuration_.default_visibility = Visibility::unlisted;
  EXPECT_EQ(nlohmann::json::parse(body(get("/api/instance"))),
            nlohmann::json({{"version", SLUICE_VERSION},
                            {"allow_signup", true},
                            {"max_upload_bytes", std::int64_t{64} << 30},
                            {"max_duration_seconds", 43'200},
                            {"default_visibility", "unlisted"},
                            {"embed_origins", {"https://a.example"}}}));
}

TEST(OccasionalCheck, AsksAgainOnlyWhenSomethingWasWrongOrTimeHasGoneBy) {
  int asked = 0;
  bool broken = true;
  const auto check = [&]() -> Result<> {
    ++asked;
    if (broken) return fail(ErrorKind::unavailable, "down", "Down.");
    return {};
  };
  const auto rarely = occasional(check, std::chrono::hours{1});
  EXPECT_FALSE(rarely());
  EXPECT_FALSE(rarely());
  EXPECT_EQ(asked, 2);
  broken = false;
  EXPECT_TRUE(rarely());
  EXPECT_TRUE(rarely());
  EXPECT_EQ(asked, 3);
  const auto always = occasional(check, std::chrono::milliseconds{0});
  EXPECT_TRUE(always());
  EXPECT_TRUE(always());
  EXPECT_EQ(asked, 5);
}

}  // namespace
}  // namespace sluice
