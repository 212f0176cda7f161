#include "app/metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sluice {
namespace {

using testing::HasSubstr;
using testing::Not;

http::Access access(std::string_view method, std::string_view pattern, int status) {
  http::Access made;
  made.method = method;
  made.pattern = pattern;
  made.path = "/somewhere/secret";
  made.status = status;
  made.duration = std::chrono::milliseconds{3};
  return made;
}

TEST(Metrics, CountsRequestsByRouteAndStatus) {
  Metrics metrics;
  metrics.count_request(access("GET", "/api/videos/:id", 200));
  metrics.count_request(access("GET", "/api/videos/:id", 200));
  metrics.count_request(access("GET", "/api/videos/:id", 404));
  const auto text = metrics.render({});
  EXPECT_THAT(text, HasSubstr("# TYPE sluice_http_requests_total counter"));
  EXPECT_THAT(text, HasSubstr("sluice_http_requests_total{method=\"GET\",pattern=\"/api/videos/"
                              ":id\",status=\"200\"} 2"));
  EXPECT_THAT(text, HasSubstr("status=\"404\"} 1"));
  EXPECT_THAT(text, HasSubstr("sluice_http_request_duration_seconds_count{method=\"GET\",pattern="
                              "\"/api/videos/:id\"} 3"));
  EXPECT_THAT(text, Not(HasSubstr("secret")));
}

TEST(Metrics, DoNotGrowWithWhatClientsSend) {
  Metrics metrics;
  metrics.count_request(access("BREW", "", 404));
  metrics.count_request(access("PROPFIND", "", 404));
  EXPECT_THAT(metrics.render({}),
              HasSubstr("{method=\"other\",pattern=\"none\",status=\"404\"} 2"));
}

TEST(Metrics, CountUploads) {
  Metrics metrics;
  metrics.count_request(access("POST", "/api/uploads/initiate", 201));
  metrics.count_request(access("POST", "/api/uploads/initiate", 400));
  metrics.count_request(access("POST", "/api/uploads/complete", 202));
  const auto text = metrics.render({});
  EXPECT_THAT(text, HasSubstr("sluice_uploads_total{step=\"initiated\"} 1"));
  EXPECT_THAT(text, HasSubstr("sluice_uploads_total{step=\"completed\"} 1"));
}

TEST(Metrics, TellHowFastVideosAreMade) {
  Metrics metrics;
  metrics.count_task({TaskKind::video, "done", 8, 10, 20});
  metrics.count_task({TaskKind::prepare, "failed", 0.5, 0, 0});
  const auto text = metrics.render({});
  EXPECT_THAT(text, HasSubstr("sluice_encode_speed{per=\"wall_second\"} 2.5"));
  EXPECT_THAT(text, HasSubstr("sluice_encode_speed{per=\"cpu_second\"} 2"));
  EXPECT_THAT(text, HasSubstr("sluice_encoded_media_seconds_total{kind=\"video\"} 20"));
  EXPECT_THAT(text, HasSubstr("sluice_task_duration_seconds_count{kind=\"prepare\",outcome="
                              "\"failed\"} 1"));
}

TEST(Metrics, ShowTasksAndQueue) {
  Metrics metrics;
  const auto text = metrics.render({TaskCounts{3, 1, 7, 0, 12.5, {}, {}}, QueueDepth{2, 1, 1, 4}});
  EXPECT_THAT(text, HasSubstr("sluice_tasks{state=\"waiting\"} 3"));
  EXPECT_THAT(text, HasSubstr("sluice_work_waiting_cpu_seconds 12.5"));
  EXPECT_THAT(text, HasSubstr("sluice_queue_depth{lane=\"first\"} 2"));
  EXPECT_THAT(text, HasSubstr("sluice_queue_depth{lane=\"dead\"} 4"));
  EXPECT_THAT(text, HasSubstr("sluice_queue_in_flight 1"));
}

TEST(Metrics, TellScalersHowMuchWorkThereIs) {
  TaskCounts counts;
  counts.first = {.waiting = 2, .running = 1, .work_waiting = 3.5, .work_running = 1.25};
  counts.rest = {.waiting = 40, .running = 0, .work_waiting = 700, .work_running = 0};
  Metrics metrics;
  const auto text = metrics.render({counts, std::nullopt});
  EXPECT_THAT(text, HasSubstr("sluice_backlog_tasks{lane=\"first\",state=\"waiting\"} 2"));
  EXPECT_THAT(text, HasSubstr("sluice_backlog_tasks{lane=\"rest\",state=\"running\"} 0"));
  EXPECT_THAT(text, HasSubstr("sluice_backlog_cpu_seconds{lane=\"first\",state=\"running\"} 1.25"));
  EXPECT_THAT(text, HasSubstr("sluice_backlog_cpu_seconds{lane=\"rest\",state=\"waiting\"} 700"));
}

}  // namespace
}  // namespace sluice
