// How every fallible function of Sluice answers.
#pragma once

#include <string>
#include <utility>

#include <tl/expected.hpp>

namespace sluice {

// What went wrong, as far as a caller has to care. The kind alone decides whether a task is retried
// and which HTTP status a request gets.
enum class ErrorKind {
  not_found,    // there is no such thing, or it is not yours
  conflict,     // the thing is not in the state that this needs; asking again won't help by itself
  invalid,      // the input is wrong: permanent
  denied,       // the caller may not do this
  too_large,    // over a limit: permanent
  unavailable,  // a part we depend on doesn't answer: transient, try again
  canceled,     // we were told to stop
  internal,     // a fault of ours or of the machine: transient as far as we know
};

// `code` is stable, snake_case and part of the public interface. `message` is one sentence for the
// user and holds no secret, SQL or path.
struct Error {
  ErrorKind kind = ErrorKind::internal;
  std::string code;
  std::string message;

  bool permanent() const {
    return kind == ErrorKind::invalid || kind == ErrorKind::too_large ||
           kind == ErrorKind::not_found || kind == ErrorKind::denied;
  }
};

template <class T = void>
class [[nodiscard]] Result : public tl::expected<T, Error> {
 public:
  using tl::expected<T, Error>::expected;
};

inline tl::unexpected<Error> fail(ErrorKind kind, std::string code, std::string message) {
  return tl::unexpected<Error>(Error{kind, std::move(code), std::move(message)});
}

inline tl::unexpected<Error> fail(Error error) { return tl::unexpected<Error>(std::move(error)); }

}  // namespace sluice

// Returns the error of a Result to the caller, if it holds one.
#define SLUICE_TRY(expression)                                           \
  do {                                                                   \
    if (auto sluice_try_result = (expression); !sluice_try_result)       \
      return ::sluice::fail(std::move(sluice_try_result).error());       \
  } while (false)

#define SLUICE_TRY_CONCAT_(a, b) a##b
#define SLUICE_TRY_NAME_(line) SLUICE_TRY_CONCAT_(sluice_try_value_, line)

// `SLUICE_TRY_ASSIGN(auto x, f());` declares or assigns x from a Result, or returns its error.
#define SLUICE_TRY_ASSIGN(target, expression)                            \
  auto SLUICE_TRY_NAME_(__LINE__) = (expression);                        \
  if (!SLUICE_TRY_NAME_(__LINE__))                                       \
    return ::sluice::fail(std::move(SLUICE_TRY_NAME_(__LINE__)).error()); \
  target = std::move(*SLUICE_TRY_NAME_(__LINE__))
