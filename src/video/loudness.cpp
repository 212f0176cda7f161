#include "video/loudness.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include <nlohmann/json.hpp>

namespace sluice {
namespace {

using json = nlohmann::ordered_json;

constexpr double kRelativeGateLu = -10;

double power_of(int tenths) { return std::pow(10, tenths / 100.0); }

// The loudness of all blocks not under the gate together; nothing when there are none.
std::optional<double> mean_loudness(const std::map<int, std::int64_t>& blocks, double gate_lufs) {
  double power = 0;
  std::int64_t count = 0;
  for (const auto& [tenths, number] : blocks) {
    if (tenths < gate_lufs * 10) continue;
    power += power_of(tenths) * static_cast<double>(number);
    count += number;
  }
  if (count == 0) return std::nullopt;
  return 10 * std::log10(power / static_cast<double>(count));
}

}  // namespace

std::optional<Loudness> integrate(const std::vector<LoudnessPart>& parts) {
  std::map<int, std::int64_t> blocks;
  double peak = 0;
  for (const auto& part : parts) {
    for (const auto& [tenths, number] : part.blocks) blocks[tenths] += number;
    peak = std::max(peak, part.true_peak);
  }
  const auto ungated = mean_loudness(blocks, kAbsoluteGateLufs);
  if (!ungated || peak <= 0) return std::nullopt;
  const auto gated = mean_loudness(blocks, *ungated + kRelativeGateLu);
  return Loudness{gated.value_or(*ungated), 20 * std::log10(peak)};
}

std::string with_loudness(const std::string& source, std::string_view track,
                          const std::optional<Loudness>& loudness) {
  constexpr std::string_view kPrefix = "audio-";
  auto parsed = json::parse(source, nullptr, /*allow_exceptions=*/false);
  std::size_t number = 0;
  const auto digits = track.substr(std::min(track.size(), kPrefix.size()));
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (!track.starts_with(kPrefix) || error != std::errc() || end != digits.data() + digits.size() ||
      !parsed.is_object() || !parsed.contains("audio") || number >= parsed["audio"].size()) {
    return source;
  }
  const auto tenths = [](double value) { return std::round(value * 10) / 10; };
  auto& shown = parsed["audio"][number];
  shown["loudness_lufs"] = loudness ? json(tenths(loudness->integrated_lufs)) : json(nullptr);
  shown["true_peak_dbtp"] = loudness ? json(tenths(loudness->true_peak_dbtp)) : json(nullptr);
  return parsed.dump(-1, ' ', false, json::error_handler_t::replace);
}

std::string to_json(const LoudnessPart& part) {
  json blocks = json::array();
  for (const auto& [tenths, number] : part.blocks) blocks.push_back({tenths, number});
  return json{{"track", part.track},
              {"first_chunk", part.first_chunk},
              {"blocks", std::move(blocks)},
              {"true_peak", part.true_peak}}
      .dump();
}

Result<LoudnessPart> loudness_part_from_json(std::string_view text) {
  try {
    const auto parsed = json::parse(text);
    LoudnessPart part;
    parsed.at("track").get_to(part.track);
    parsed.at("first_chunk").get_to(part.first_chunk);
    parsed.at("true_peak").get_to(part.true_peak);
    for (const auto& block : parsed.at("blocks")) {
      part.blocks[block.at(0).get<int>()] = block.at(1).get<std::int64_t>();
    }
    return part;
  } catch (const json::exception&) {
    return fail(ErrorKind::internal, "bad_loudness", "A loudness measurement can't be read.");
  }
}

}  // namespace sluice
