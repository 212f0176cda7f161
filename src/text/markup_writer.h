// Puts WebVTT cue text together so that it is valid whatever is asked of it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sluice {

class MarkupWriter {
 public:
  // Text, escaped. References to characters (&amp; &#233;) in it are read when `references`.
  void add(std::string_view text, bool references);

  // <name> or <name.class annotation>; `name` is a tag of WebVTT, `rest` is well-formed.
  void open(std::string_view name, std::string_view rest = "");
  // Closes it and what was opened inside it. Nothing when it isn't open.
  void close(std::string_view name);
  void close_all();
  // A tag without an end, such as a time stamp.
  void add_tag(std::string_view inside);

  // The text with every tag closed; "" when no character of it can be seen.
  std::string finish();

 private:
  bool is_full() const;
  void put(std::string_view character);
  void break_line();

  std::string text_;
  std::vector<std::string> open_;
  bool visible_ = false;
};

// The character that a reference at the start of `text` names, in UTF-8, and how long the reference
// is; 0 when there is none.
std::size_t read_reference(std::string_view text, std::string& character);

}  // namespace sluice
