// Events of videos on their way to webhooks, within the transaction that made them.
#pragma once

#include "catalog/sql_session.h"
#include "catalog/webhook_event.h"

namespace sluice {

// One delivery for each of the owner's webhooks that hears of it. `video` is as after the event.
void tell_webhooks(SqlSession& sql, WebhookEvent event, const Video& video);

// Of all that happened in a move.
void tell_webhooks(SqlSession& sql, const Video& before, const Video& after);

}  // namespace sluice
