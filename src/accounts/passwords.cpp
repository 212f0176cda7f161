#include "accounts/passwords.h"

#include <sodium.h>

#include <stdexcept>

namespace sluice {
namespace {

// Of a password that nobody knows, under the parameters below. Computing it at the start would cost
// its 64 MiB in every process.
const std::string kNobodysHash =
    "$argon2id$v=19$m=65536,t=2,p=1$c2x1aWNlIG5vYm9keSBzYQ$"
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

class Turn {
 public:
  explicit Turn(std::counting_semaphore<>& free) : free_(free) { free_.acquire(); }
  ~Turn() { free_.release(); }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;

 private:
  std::counting_semaphore<>& free_;
};

}  // namespace

Passwords::Passwords(int at_once) : free_(at_once) {
  if (sodium_init() < 0) throw std::runtime_error("libsodium does not start");
}

Result<std::string> Passwords::hash(std::string_view password) {
  const Turn turn(free_);
  char text[crypto_pwhash_STRBYTES];
  if (crypto_pwhash_str(text, password.data(), password.size(), crypto_pwhash_OPSLIMIT_INTERACTIVE,
                        crypto_pwhash_MEMLIMIT_INTERACTIVE) != 0) {
    return fail(ErrorKind::unavailable, "out_of_memory",
                "There is not enough memory to do this right now.");
  }
  return std::string(text);
}

bool Passwords::matches(std::string_view password, const std::string& hash) {
  const Turn turn(free_);
  return crypto_pwhash_str_verify(hash.c_str(), password.data(), password.size()) == 0;
}

void Passwords::match_nothing(std::string_view password) { (void)matches(password, kNobodysHash); }

}  // namespace sluice
