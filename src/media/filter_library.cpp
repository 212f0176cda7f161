#include "media/filter_library.h"

#include <dlfcn.h>

#include <optional>

namespace sluice::media {
namespace {

template <class Function>
bool find(void* library, const char* name, Function& function) {
  function = reinterpret_cast<Function>(::dlsym(library, name));
  return function != nullptr;
}

std::optional<FilterLibrary> load() {
  void* library =
      ::dlopen("libavfilter.so." AV_STRINGIFY(LIBAVFILTER_VERSION_MAJOR), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) return std::nullopt;
  FilterLibrary found{};
  const bool complete = find(library, "avfilter_graph_alloc", found.graph_alloc) &&
                        find(library, "avfilter_graph_free", found.graph_free) &&
                        find(library, "avfilter_graph_parse2", found.graph_parse2) &&
                        find(library, "avfilter_graph_config", found.graph_config) &&
                        find(library, "avfilter_inout_free", found.inout_free) &&
                        find(library, "av_buffersrc_add_frame", found.buffersrc_add_frame) &&
                        find(library, "av_buffersink_get_frame", found.buffersink_get_frame);
  if (!complete) return std::nullopt;
  return found;
}

}  // namespace

const FilterLibrary* filter_library() {
  static const std::optional<FilterLibrary> library = load();
  return library ? &*library : nullptr;
}

}  // namespace sluice::media
