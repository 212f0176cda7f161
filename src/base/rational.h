// Exact fractions for time bases, frame rates and aspect ratios.
#pragma once

#include <compare>
#include <cstdint>
#include <numeric>

namespace sluice {

__extension__ using Int128 = __int128;

// num/den in lowest terms with den > 0; 0/1 stands for "unknown" where a rate can be unknown.
struct Rational {
  std::int64_t num = 0;
  std::int64_t den = 1;

  static constexpr Rational of(std::int64_t num, std::int64_t den) {
    if (den == 0) return {0, 1};
    if (den < 0) num = -num, den = -den;
    const auto divisor = std::gcd(num, den);
    return divisor == 0 ? Rational{0, 1} : Rational{num / divisor, den / divisor};
  }

  constexpr double value() const { return static_cast<double>(num) / static_cast<double>(den); }
  constexpr Rational inverse() const { return of(den, num); }

  static constexpr Int128 wide(std::int64_t value) { return value; }

  friend constexpr bool operator==(Rational a, Rational b) {
    return wide(a.num) * b.den == wide(b.num) * a.den;
  }
  friend constexpr std::strong_ordering operator<=>(Rational a, Rational b) {
    return wide(a.num) * b.den <=> wide(b.num) * a.den;
  }
};

enum class Round { down, nearest, up };

// value × factor, exact in the middle, rounded once at the end.
constexpr std::int64_t scale(std::int64_t value, Rational factor, Round round = Round::nearest) {
  const Int128 product = static_cast<Int128>(value) * factor.num;
  const Int128 den = factor.den;
  Int128 quotient = product / den;
  Int128 rest = product % den;
  if (rest < 0) --quotient, rest += den;
  if (round == Round::up && rest > 0) ++quotient;
  if (round == Round::nearest && rest * 2 >= den) ++quotient;
  return static_cast<std::int64_t>(quotient);
}

// `ticks` of 1/from seconds, expressed in ticks of 1/to seconds.
constexpr std::int64_t rescale(std::int64_t ticks, std::int64_t from, std::int64_t to,
                               Round round = Round::nearest) {
  return scale(ticks, Rational{to, from}, round);
}

}  // namespace sluice
