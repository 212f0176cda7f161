// Webhooks and their deliveries as the API describes them. Pure.
#pragma once

#include <nlohmann/json.hpp>

#include "catalog/webhooks.h"

namespace sluice {

// Without its secret.
nlohmann::json webhook_json(const Webhook& webhook);

nlohmann::json delivery_json(const WebhookDelivery& delivery);

}  // namespace sluice
