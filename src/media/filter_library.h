// libavfilter, loaded when the first picture needs it.
//
// It brings thirty libraries along that a server would hold in memory (11 MiB, a fifth of its start)
// only to hand every picture to a child process; and most sources need none of its filters.
#pragma once

#include "media/av.h"

extern "C" {
#include <libavfilter/buffersink.h>
#include <libavfilter/buffersrc.h>
}

namespace sluice::media {

struct FilterLibrary {
  decltype(&avfilter_graph_alloc) graph_alloc;
  decltype(&avfilter_graph_free) graph_free;
  decltype(&avfilter_graph_parse2) graph_parse2;
  decltype(&avfilter_graph_config) graph_config;
  decltype(&avfilter_inout_free) inout_free;
  decltype(&av_buffersrc_add_frame) buffersrc_add_frame;
  decltype(&av_buffersink_get_frame) buffersink_get_frame;
};

// The library of the version that this program was built with, or null where it isn't installed.
// Thread-safe.
const FilterLibrary* filter_library();

struct GraphDeleter {
  void operator()(AVFilterGraph* graph) const { filter_library()->graph_free(&graph); }
};
using FilterGraph = std::unique_ptr<AVFilterGraph, GraphDeleter>;

}  // namespace sluice::media
