#include "base/random.h"

#include <cerrno>
#include <stdexcept>

#include <sys/random.h>

namespace sluice {

std::string random_bytes(std::size_t count) {
  std::string bytes(count, '\0');
  std::size_t filled = 0;
  while (filled < count) {
    const auto got = getrandom(bytes.data() + filled, count - filled, 0);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) throw std::runtime_error("the kernel gives no random bytes");
    filled += static_cast<std::size_t>(got);
  }
  return bytes;
}

std::string random_id() {
  constexpr char kAlphabet[] = "abcdefghijklmnopqrstuvwxyz234567";
  std::string id;
  id.reserve(24);
  for (const char byte : random_bytes(24)) {
    id.push_back(kAlphabet[static_cast<unsigned char>(byte) & 31u]);
  }
  return id;
}

}  // namespace sluice
