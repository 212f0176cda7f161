#include "catalog/fold_case.h"

#include <array>

namespace sluice {
namespace {

// Letters from `first` to `last`: every `step`-th of them, starting with the first, is a capital
// whose small letter is `distance` further on.
struct Capitals {
  char32_t first, last;
  int step;
  int distance;
};

constexpr std::array kCapitals = {
    Capitals{U'A', U'Z', 1, 32},     Capitals{0x00C0, 0x00D6, 1, 32},
    Capitals{0x00D8, 0x00DE, 1, 32}, Capitals{0x0100, 0x012E, 2, 1},
    Capitals{0x0132, 0x0136, 2, 1},  Capitals{0x0139, 0x0147, 2, 1},
    Capitals{0x014A, 0x0176, 2, 1},  Capitals{0x0178, 0x0178, 1, -121},
    Capitals{0x0179, 0x017D, 2, 1},  Capitals{0x018F, 0x018F, 1, 202},
    Capitals{0x01A0, 0x01A0, 1, 1},  Capitals{0x01AF, 0x01AF, 1, 1},
    Capitals{0x01CD, 0x01DB, 2, 1},  Capitals{0x01DE, 0x01EE, 2, 1},
    Capitals{0x01F8, 0x021E, 2, 1},  Capitals{0x0222, 0x0232, 2, 1},
    Capitals{0x0386, 0x0386, 1, 38}, Capitals{0x0388, 0x038A, 1, 37},
    Capitals{0x038C, 0x038C, 1, 64}, Capitals{0x038E, 0x038F, 1, 63},
    Capitals{0x0391, 0x03A1, 1, 32}, Capitals{0x03A3, 0x03AB, 1, 32},
    Capitals{0x03C2, 0x03C2, 1, 1},  // final sigma
    Capitals{0x0400, 0x040F, 1, 80}, Capitals{0x0410, 0x042F, 1, 32},
    Capitals{0x0460, 0x0480, 2, 1},  Capitals{0x048A, 0x04BE, 2, 1},
    Capitals{0x04C1, 0x04CD, 2, 1},  Capitals{0x04D0, 0x052E, 2, 1},
    Capitals{0x0531, 0x0556, 1, 48}, Capitals{0x1E00, 0x1E94, 2, 1},
    Capitals{0x1EA0, 0x1EFE, 2, 1},
};

char32_t folded(char32_t letter) {
  for (const auto& range : kCapitals) {
    if (letter < range.first) return letter;
    if (letter <= range.last && (letter - range.first) % static_cast<char32_t>(range.step) == 0) {
      return letter + static_cast<char32_t>(range.distance);
    }
  }
  return letter;
}

bool continues(std::string_view text, std::size_t at) {
  return at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0u) == 0x80u;
}

// The tables only hold letters of two and three bytes, and folding never changes that number.
std::size_t letter_length(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text.front());
  if ((lead & 0xE0u) == 0xC0u && continues(text, 1)) return 2;
  if ((lead & 0xF0u) == 0xE0u && continues(text, 1) && continues(text, 2)) return 3;
  return 1;
}

char32_t bits(char byte, unsigned mask) { return static_cast<unsigned char>(byte) & mask; }

void append(std::string& to, char32_t letter, std::size_t length) {
  const auto byte = [](char32_t value) { return static_cast<char>(value); };
  if (length == 2) {
    to.push_back(byte(0xC0u | letter >> 6));
  } else {
    to.push_back(byte(0xE0u | letter >> 12));
    to.push_back(byte(0x80u | (letter >> 6 & 0x3Fu)));
  }
  to.push_back(byte(0x80u | (letter & 0x3Fu)));
}

}  // namespace

std::string fold_case(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  while (!text.empty()) {
    const auto length = letter_length(text);
    if (length == 1) {
      const auto byte = static_cast<unsigned char>(text[0]);
      result.push_back(byte < 0x80 ? static_cast<char>(folded(byte)) : text[0]);
    } else if (length == 2) {
      append(result, folded(bits(text[0], 0x1F) << 6 | bits(text[1], 0x3F)), 2);
    } else {
      append(result,
             folded(bits(text[0], 0x0F) << 12 | bits(text[1], 0x3F) << 6 | bits(text[2], 0x3F)), 3);
    }
    text.remove_prefix(length);
  }
  return result;
}

}  // namespace sluice
