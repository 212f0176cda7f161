#include "queue/sql/sql_job_queue.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

namespace sluice {
namespace {

int rank(Lane lane) { return lane == Lane::first ? 0 : 1; }

// Names one handing-out of one message. An older receipt of the same message is worth nothing.
struct Receipt {
  std::int64_t number = 0;
  std::int64_t handout = 0;
};

std::string to_text(const Receipt& receipt) {
  return fmt::format("{}:{}", receipt.number, receipt.handout);
}

// What nobody ever handed out names no message.
Receipt receipt_of(const Delivery& delivery) {
  const auto& text = delivery.receipt;
  const auto* end = text.data() + text.size();
  Receipt receipt;
  const auto number = std::from_chars(text.data(), end, receipt.number);
  if (number.ptr == end || *number.ptr != ':') return {};
  std::from_chars(number.ptr + 1, end, receipt.handout);
  return receipt;
}

// No message has a number below one.
std::int64_t number_of(std::string_view id) {
  std::int64_t number = 0;
  const auto read = std::from_chars(id.data(), id.data() + id.size(), number);
  return read.ptr == id.data() + id.size() ? number : 0;
}

// What a rejection adds to the deliveries: so one comparison tells the living from the dead, and
// the database never guesses that the living are few.
constexpr int kRejected = 1'000'000;

// A condition on queue_messages.
constexpr std::string_view kDead = "(visible_at <= :now AND deliveries >= :max)";

}  // namespace

SqlJobQueue::SqlJobQueue(SqlDatabase& database, const Clock& clock, SqlJobQueueOptions options)
    : database_(database), clock_(clock), options_(options) {}

Result<> SqlJobQueue::publish(std::span<const OutgoingMessage> messages) {
  SLUICE_TRY(database_.write([&](SqlSession& sql) -> Result<> {
    for (const auto& [lane, body] : messages) {
      sql.run(
          "INSERT INTO queue_messages (lane, body, deliveries, handouts, held, visible_at,"
          " published_at) VALUES (:lane, :body, 0, 0, 0, :now, :now)",
          {{"lane", rank(lane)}, {"body", body}, {"now", clock_.now()}});
    }
    return {};
  }));
  announce();
  return {};
}

Result<std::optional<Delivery>> SqlJobQueue::receive(std::chrono::milliseconds wait) {
  using Real = std::chrono::steady_clock;
  const auto deadline = Real::now() + wait;
  while (true) {
    std::uint64_t seen = 0;
    {
      std::lock_guard lock(mutex_);
      if (interrupted_) return std::nullopt;
      seen = announcements_;
    }
    // Looking costs no write lock; only a message that is there does.
    SLUICE_TRY_ASSIGN(const auto visible_at, next_visible());
    const auto now = clock_.now();
    if (visible_at && *visible_at <= now) {
      SLUICE_TRY_ASSIGN(auto delivery, take_next());
      if (delivery) return delivery;
      if (Real::now() < deadline) continue;  // somebody else was faster
    }
    auto pause = options_.poll_interval;
    if (visible_at) pause = std::clamp(*visible_at - now, std::chrono::milliseconds{1}, pause);
    std::unique_lock lock(mutex_);
    changed_.wait_until(lock, std::min(deadline, Real::now() + pause),
                        [&] { return interrupted_ || announcements_ != seen; });
    if (interrupted_ || Real::now() >= deadline) return std::nullopt;
  }
}

Result<std::optional<Timestamp>> SqlJobQueue::next_visible() {
  return database_.read([&](SqlSession& sql) -> Result<std::optional<Timestamp>> {
    const auto found = sql.row<Timestamp>(
        "SELECT visible_at FROM queue_messages WHERE deliveries < :max "
        "ORDER BY visible_at LIMIT 1",
        {{"max", kMaxDeliveries}});
    if (!found) return std::nullopt;
    return std::get<0>(*found);
  });
}

Result<std::optional<Delivery>> SqlJobQueue::take_next() {
  return database_.write([&](SqlSession& sql) -> Result<std::optional<Delivery>> {
    const auto now = clock_.now();
    // The plus keeps the index by time out of it: that would mean to sort all that wait.
    const auto found = sql.row<std::int64_t, std::string, int, std::int64_t>(
        fmt::format("SELECT number, body, deliveries, handouts FROM queue_messages "
                    "WHERE +visible_at <= :now AND deliveries < :max "
                    "ORDER BY lane, number LIMIT 1{}",
                    sql.dialect().lock_free_rows),
        {{"now", now}, {"max", kMaxDeliveries}});
    if (!found) return std::nullopt;
    const auto& [number, body, deliveries, handouts] = *found;
    sql.run(
        "UPDATE queue_messages SET deliveries = deliveries + 1, handouts = handouts + 1,"
        " held = 1, visible_at = :until WHERE number = :number",
        {{"until", now + options_.visibility_timeout}, {"number", number}});
    return Delivery{body, deliveries + 1, to_text({number, handouts + 1})};
  });
}

Result<> SqlJobQueue::acknowledge(const Delivery& delivery) {
  return database_.write([&](SqlSession& sql) -> Result<> {
    const auto [number, handout] = receipt_of(delivery);
    sql.run(
        "DELETE FROM queue_messages "
        "WHERE number = :number AND handouts = :handout AND held = 1",
        {{"number", number}, {"handout", handout}});
    return {};
  });
}

Result<> SqlJobQueue::give_back(const Delivery& delivery, std::chrono::milliseconds delay,
                                bool undelivered) {
  SLUICE_TRY(database_.write([&](SqlSession& sql) -> Result<> {
    const auto [number, handout] = receipt_of(delivery);
    sql.run(
        "UPDATE queue_messages SET held = 0, visible_at = :visible_at,"
        " deliveries = deliveries - :undelivered "
        "WHERE number = :number AND handouts = :handout AND held = 1",
        {{"visible_at", clock_.now() + delay},
         {"undelivered", undelivered},
         {"number", number},
         {"handout", handout}});
    return {};
  }));
  announce();
  return {};
}

Result<> SqlJobQueue::extend(const Delivery& delivery) {
  return database_.write([&](SqlSession& sql) -> Result<> {
    const auto [number, handout] = receipt_of(delivery);
    sql.run(
        "UPDATE queue_messages SET visible_at = :until "
        "WHERE number = :number AND handouts = :handout AND held = 1",
        {{"until", clock_.now() + options_.visibility_timeout},
         {"number", number},
         {"handout", handout}});
    return {};
  });
}

Result<> SqlJobQueue::reject(const Delivery& delivery, std::string_view reason) {
  return database_.write([&](SqlSession& sql) -> Result<> {
    const auto [number, handout] = receipt_of(delivery);
    sql.run(
        "UPDATE queue_messages SET held = 0, visible_at = :now, reason = :reason,"
        " deliveries = deliveries + :rejected "
        "WHERE number = :number AND handouts = :handout AND held = 1",
        {{"now", clock_.now()},
         {"reason", reason},
         {"rejected", kRejected},
         {"number", number},
         {"handout", handout}});
    return {};
  });
}

// Whatever became invisible last did so before it died, so visible_at is the time of its death.
Result<std::vector<DeadLetter>> SqlJobQueue::list(int limit) {
  return database_.write([&](SqlSession& sql) -> Result<std::vector<DeadLetter>> {
    sql.run(fmt::format("DELETE FROM queue_messages WHERE {}", kDead),
            {{"now", clock_.now() - kDeadLettersKept}, {"max", kMaxDeliveries}});
    std::vector<DeadLetter> letters;
    for (auto& [number, body, deliveries, reason, published_at] :
         sql.rows<std::int64_t, std::string, int, std::optional<std::string>, Timestamp>(
             fmt::format("SELECT number, body, deliveries, reason, published_at "
                         "FROM queue_messages WHERE {} ORDER BY visible_at, number LIMIT :limit",
                         kDead),
             {{"now", clock_.now()}, {"max", kMaxDeliveries}, {"limit", limit}})) {
      letters.push_back({std::to_string(number), std::move(body), deliveries % kRejected,
                         reason.value_or(std::string{kDeliveredTooOften}), published_at});
    }
    return letters;
  });
}

Result<> SqlJobQueue::remove(std::string_view id) {
  return database_.write([&](SqlSession& sql) -> Result<> {
    const auto removed =
        sql.run(fmt::format("DELETE FROM queue_messages WHERE number = :number AND {}", kDead),
                {{"number", number_of(id)}, {"now", clock_.now()}, {"max", kMaxDeliveries}});
    if (removed == 0) return dead_letter_not_found();
    return {};
  });
}

Result<QueueDepth> SqlJobQueue::depth() {
  return database_.read([&](SqlSession& sql) -> Result<QueueDepth> {
    QueueDepth depth;
    for (const auto& [lane, in_flight, dead, count] : sql.rows<int, bool, bool, std::int64_t>(
             fmt::format(
                 "SELECT lane, in_flight, dead, COUNT(*) FROM"
                 " (SELECT lane,"
                 "   CASE WHEN held = 1 AND visible_at > :now THEN 1 ELSE 0 END AS in_flight,"
                 "   CASE WHEN {} THEN 1 ELSE 0 END AS dead"
                 "  FROM queue_messages) AS messages "
                 "GROUP BY lane, in_flight, dead",
                 kDead),
             {{"now", clock_.now()}, {"max", kMaxDeliveries}})) {
      if (dead) {
        depth.dead += count;
      } else if (in_flight) {
        depth.in_flight += count;
      } else {
        (lane == rank(Lane::first) ? depth.first_waiting : depth.rest_waiting) += count;
      }
    }
    return depth;
  });
}

Result<int> SqlJobQueue::release_all() {
  SLUICE_TRY_ASSIGN(const auto released, database_.write([&](SqlSession& sql) -> Result<int> {
    return static_cast<int>(sql.run(
        "UPDATE queue_messages SET held = 0, visible_at = :now, deliveries = deliveries - 1 "
        "WHERE held = 1",
        {{"now", clock_.now()}}));
  }));
  announce();
  return released;
}

void SqlJobQueue::announce() {
  std::lock_guard lock(mutex_);
  ++announcements_;
  changed_.notify_all();
}

void SqlJobQueue::interrupt() {
  std::lock_guard lock(mutex_);
  interrupted_ = true;
  changed_.notify_all();
}

}  // namespace sluice
