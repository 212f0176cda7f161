// Writing ISO base media file format boxes (ISO/IEC 14496-12).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace sluice::media {

// Appends big-endian fields to a string; box sizes are filled in when a Box goes out of scope.
class BoxWriter {
 public:
  // Opens a box at the end of `out`; the destructor writes its size.
  class Box {
   public:
    Box(BoxWriter& writer, std::string_view type);
    // A full box: version and flags follow the type.
    Box(BoxWriter& writer, std::string_view type, std::uint8_t version, std::uint32_t flags);
    ~Box();
    Box(const Box&) = delete;
    Box& operator=(const Box&) = delete;

   private:
    BoxWriter& writer_;
    std::size_t start_;
  };

  void u8(std::uint32_t value) { number(value, 1); }
  void u16(std::uint32_t value) { number(value, 2); }
  void u24(std::uint32_t value) { number(value, 3); }
  void u32(std::uint32_t value) { number(value, 4); }
  void u64(std::uint64_t value) { number(value, 8); }
  void i32(std::int32_t value) { number(static_cast<std::uint32_t>(value), 4); }
  void bytes(std::string_view value) { out_ += value; }
  void zeros(std::size_t count) { out_.append(count, '\0'); }
  void matrix();  // the unity matrix

  // For offsets that are known only later.
  std::size_t size() const { return out_.size(); }
  void patch_u32(std::size_t at, std::uint32_t value);

  std::string take() { return std::move(out_); }

 private:
  void number(std::uint64_t value, int bytes);
  std::string out_;
};

}  // namespace sluice::media
