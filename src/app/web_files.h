// The web application, as web/ was built when this was: its files, which are part of the program.
#pragma once

#include <span>
#include <string_view>

namespace sluice {

struct WebFile {
  std::string_view path;  // "index.html", "assets/index-C3VxQ0a1.js"
  std::string_view content_type;
  std::string_view hash;  // of its content
  std::string_view identity;
  std::string_view gzip, brotli;  // empty where packing saves nothing
};

// By path; index.html is always there. The bytes are pages of the executable, not of the heap.
std::span<const WebFile> web_files();

}  // namespace sluice
