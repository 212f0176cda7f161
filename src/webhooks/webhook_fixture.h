// For tests: webhooks on a real database, a clock that stands still, and events to tell of.
#pragma once

#include <stdexcept>
#include <string>

#include <gtest/gtest.h>

#include "catalog/sql_catalog.h"
#include "catalog/sql_webhooks.h"
#include "catalog/temporary_database.h"

namespace sluice {

class WebhookFixture : public testing::Test {
 protected:
  WebhookFixture() : user_(add_user("user@example.com")) {}

  UserId add_user(const std::string& email) {
    return catalog_->create_user(email, "-", clock_.now()).value().id;
  }

  // As POST /api/webhooks, without its rules.
  WebhookId add_webhook(const std::string& url) {
    Webhook webhook;
    webhook.id = WebhookId("webhook-" + std::to_string(++count_));
    webhook.user_id = user_;
    webhook.url = url;
    webhook.events.assign(std::begin(kAllWebhookEvents), std::end(kAllWebhookEvents));
    must(webhooks_.add_webhook(webhook, Secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")));
    return webhook.id;
  }

  // A video comes and goes: video.deleted.
  void delete_a_video() {
    Video video;
    video.id = VideoId("video-" + std::to_string(++count_));
    video.user_id = user_;
    video.title = "Holiday";
    video.created_at = clock_.now();
    must(catalog_->create_video(video, {}));
    must(catalog_->remove_video(video.id, clock_.now()));
    clock_.advance(std::chrono::milliseconds{10});  // its time is a little later than now
  }

  WebhookDelivery newest_delivery(const WebhookId& webhook) {
    return webhooks_.list_deliveries(user_, webhook, "", 1).value().deliveries.at(0);
  }

  static void must(const Result<>& result) {
    if (!result) throw std::runtime_error(result.error().code + ": " + result.error().message);
  }

  TemporaryDatabase file_;
  FakeClock clock_;
  std::unique_ptr<SqlCatalog> catalog_ = SqlCatalog::open(file_.url()).value();
  SqlWebhooks webhooks_{catalog_->database()};
  int count_ = 0;
  UserId user_;
};

}  // namespace sluice
