// Queries of the catalog over tables that grow with the library. None of them may sort rows or look
// at all of them: a back end's test asks the database how it would go about each.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "catalog/sql_value.h"

namespace sluice {

inline std::vector<std::pair<std::string, std::vector<SqlParam>>> growing_queries() {
  return {
      {"SELECT * FROM videos WHERE status = 'complete' AND visibility = 'public'"
       " AND (created_at, id) < (:a, :b) ORDER BY created_at DESC, id DESC LIMIT 25",
       {{"a", 1}, {"b", "x"}}},
      {"SELECT * FROM videos WHERE user_id = :u AND (created_at, id) < (:a, :b)"
       " ORDER BY created_at DESC, id DESC LIMIT 25",
       {{"u", "u"}, {"a", 1}, {"b", "x"}}},
      {"SELECT id FROM tasks WHERE state = 'waiting' AND published = 0 AND publish_after <= :now"
       " ORDER BY number LIMIT 10",
       {{"now", 1}}},
      {"SELECT number FROM tasks WHERE state = 'waiting' AND published = 1"
       " AND updated_at <= :since AND publish_after <= :since ORDER BY updated_at LIMIT 10",
       {{"since", 1}}},
      {"SELECT state, lane, COUNT(*), SUM(work) FROM tasks"
       " WHERE state IN ('waiting', 'running', 'failed') GROUP BY state, lane",
       {}},
      {"SELECT id FROM tasks WHERE state = 'running' AND lease_until <= :now ORDER BY lease_until",
       {{"now", 1}}},
      {"SELECT 1 FROM tasks WHERE video_id = :v AND state <> 'done' AND kind <> 'finish'",
       {{"v", "v"}}},
      {"SELECT * FROM segments WHERE video_id = :v AND track = :t ORDER BY segment_index",
       {{"v", "v"}, {"t", "t"}}},
      {"SELECT videos.id FROM uploads JOIN videos ON videos.id = uploads.video_id"
       " WHERE uploads.open = 1 AND uploads.expires_at <= :now AND videos.status = 'pending'",
       {{"now", 1}}},
      {"DELETE FROM tokens WHERE expires_at <= :now", {{"now", 1}}},
      {"DELETE FROM videos WHERE id = :v", {{"v", "v"}}},
  };
}

}  // namespace sluice
