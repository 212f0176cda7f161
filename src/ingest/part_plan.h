// How a file is cut into parts for a multipart upload. Pure.
#pragma once

#include <cstdint>
#include <vector>

#include "base/result.h"
#include "storage/upload_store.h"

namespace sluice {

// Files up to this size are one PUT unless the client asks for parts.
inline constexpr std::int64_t kLargestSinglePut = std::int64_t{64} << 20;
inline constexpr int kMostParts = 10'000;  // S3's limit

// All parts but the last have part_size; an empty file is one empty part.
struct PartPlan {
  std::int64_t size_bytes = 0;
  std::int64_t part_size = 0;

  int part_count() const;
  std::int64_t size_of(int part_number) const;  // from 1 to part_count()
};

// Whole MiB, at least 8, and as many as it takes to stay within kMostParts.
std::int64_t choose_part_size(std::int64_t size_bytes);

// Is everything there? `conflict`: upload_incomplete naming the parts that are missing,
// size_mismatch naming a part of another size.
Result<> check_parts(const PartPlan& plan, const std::vector<StoredPart>& stored);

}  // namespace sluice
