#include "media/cmaf.h"

#include <algorithm>

#include "media/boxes.h"

namespace sluice::media {
namespace {

using Box = BoxWriter::Box;

constexpr std::uint32_t kTrackId = 1;

// ISO/IEC 14496-12 8.8.3.1: depends on nothing / is depended on, and is or is not a sync sample.
constexpr std::uint32_t kSyncSample = 0x02000000;
constexpr std::uint32_t kNonSyncSample = 0x01010000;

void write_ftyp(BoxWriter& out) {
  Box box(out, "ftyp");
  out.bytes("iso6");
  out.u32(0);
  for (const char* brand : {"iso6", "cmfc", "mp41"}) out.bytes(brand);
}

void write_mvhd(BoxWriter& out, std::int64_t timescale) {
  Box box(out, "mvhd", 0, 0);
  out.zeros(8);
  out.u32(static_cast<std::uint32_t>(timescale));
  out.u32(0);          // duration: unknown, fragments follow
  out.u32(0x10000);    // rate 1.0
  out.u16(0x100);      // volume 1.0
  out.zeros(10);
  out.matrix();
  out.zeros(24);
  out.u32(kTrackId + 1);
}

void write_tkhd(BoxWriter& out, int width, int height, bool audio) {
  Box box(out, "tkhd", 0, 7);  // enabled, in movie, in preview
  out.zeros(8);
  out.u32(kTrackId);
  out.zeros(8);
  out.zeros(8);
  out.u16(0);
  out.u16(0);
  out.u16(audio ? 0x100 : 0);
  out.u16(0);
  out.matrix();
  out.u32(static_cast<std::uint32_t>(width) << 16);
  out.u32(static_cast<std::uint32_t>(height) << 16);
}

std::uint32_t packed_language(std::string_view language) {
  const bool known = language.size() == 3 && std::all_of(language.begin(), language.end(), [](char c) {
                       return c >= 'a' && c <= 'z';
                     });
  std::uint32_t packed = 0;
  for (const char c : known ? language : std::string_view("und")) {
    packed = packed << 5 | static_cast<std::uint32_t>(c - 0x60);
  }
  return packed;
}

void write_mdhd(BoxWriter& out, std::int64_t timescale, std::string_view language) {
  Box box(out, "mdhd", 0, 0);
  out.zeros(8);
  out.u32(static_cast<std::uint32_t>(timescale));
  out.u32(0);
  out.u16(packed_language(language));
  out.u16(0);
}

void write_hdlr(BoxWriter& out, std::string_view type) {
  Box box(out, "hdlr", 0, 0);
  out.u32(0);
  out.bytes(type);
  out.zeros(12);
  out.bytes(std::string_view("\0", 1));
}

void write_dinf(BoxWriter& out) {
  Box dinf(out, "dinf");
  Box dref(out, "dref", 0, 0);
  out.u32(1);
  Box url(out, "url ", 0, 1);  // the media is in this file
}

void write_empty_tables(BoxWriter& out) {
  for (const char* type : {"stts", "stsc", "stco"}) {
    Box box(out, type, 0, 0);
    out.u32(0);
  }
  Box box(out, "stsz", 0, 0);
  out.u32(0);
  out.u32(0);
}

void write_mvex(BoxWriter& out) {
  Box mvex(out, "mvex");
  Box trex(out, "trex", 0, 0);
  out.u32(kTrackId);
  out.u32(1);
  out.u32(0);
  out.u32(0);
  out.u32(0);
}

void write_colr(BoxWriter& out, const ColorTags& color) {
  Box box(out, "colr");
  out.bytes("nclx");
  out.u16(static_cast<std::uint32_t>(color.primaries));
  out.u16(static_cast<std::uint32_t>(color.transfer));
  out.u16(static_cast<std::uint32_t>(color.matrix));
  out.u8(color.full_range ? 0x80 : 0);
}

void write_avc1(BoxWriter& out, const VideoInit& init) {
  Box box(out, "avc1");
  out.zeros(6);
  out.u16(1);
  out.zeros(16);
  out.u16(static_cast<std::uint32_t>(init.width));
  out.u16(static_cast<std::uint32_t>(init.height));
  out.u32(0x480000);
  out.u32(0x480000);
  out.u32(0);
  out.u16(1);
  out.zeros(32);
  out.u16(24);
  out.u16(0xFFFF);
  {
    Box avcc(out, "avcC");
    out.bytes(init.avc_config);
  }
  write_colr(out, init.color);
  Box pasp(out, "pasp");
  out.u32(1);
  out.u32(1);
}

// ISO/IEC 14496-1 descriptors; all lengths here are under 128.
void write_esds(BoxWriter& out, const AudioInit& init) {
  Box box(out, "esds", 0, 0);
  const auto config = static_cast<std::uint32_t>(init.audio_specific_config.size());
  out.u8(3);  // ES_Descriptor
  out.u8(3 + 2 + 13 + 2 + config + 3);
  out.u16(0);
  out.u8(0);
  out.u8(4);  // DecoderConfigDescriptor
  out.u8(13 + 2 + config);
  out.u8(0x40);  // MPEG-4 audio
  out.u8(0x15);  // audio stream
  out.u24(0);
  out.u32(static_cast<std::uint32_t>(init.bitrate_bps));
  out.u32(static_cast<std::uint32_t>(init.bitrate_bps));
  out.u8(5);  // DecoderSpecificInfo
  out.u8(config);
  out.bytes(init.audio_specific_config);
  out.u8(6);  // SLConfigDescriptor
  out.u8(1);
  out.u8(2);
}

void write_mp4a(BoxWriter& out, const AudioInit& init) {
  Box box(out, "mp4a");
  out.zeros(6);
  out.u16(1);
  out.zeros(8);
  out.u16(static_cast<std::uint32_t>(init.channels));
  out.u16(16);
  out.u32(0);
  out.u32(static_cast<std::uint32_t>(init.sample_rate) << 16);
  write_esds(out, init);
}

template <class WriteEntry>
void write_stbl(BoxWriter& out, WriteEntry write_entry) {
  Box stbl(out, "stbl");
  {
    Box stsd(out, "stsd", 0, 0);
    out.u32(1);
    write_entry();
  }
  write_empty_tables(out);
}

std::vector<std::int64_t> sorted_times(const std::vector<Sample>& samples) {
  std::vector<std::int64_t> times;
  times.reserve(samples.size());
  for (const auto& sample : samples) times.push_back(sample.pts);
  std::sort(times.begin(), times.end());
  return times;
}

// Writes the run of samples; returns where its data offset stands.
std::size_t write_trun(BoxWriter& out, const std::vector<Sample>& samples,
                       const std::vector<std::int64_t>& times, std::int64_t end) {
  // data offset, and for each sample duration, size, flags and composition offset
  Box trun(out, "trun", 1, 0x1 | 0x100 | 0x200 | 0x400 | 0x800);
  out.u32(static_cast<std::uint32_t>(samples.size()));
  const std::size_t offset_at = out.size();
  out.u32(0);
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const std::int64_t next = i + 1 < times.size() ? times[i + 1] : end;
    out.u32(static_cast<std::uint32_t>(next - times[i]));
    out.u32(static_cast<std::uint32_t>(samples[i].data.size()));
    out.u32(samples[i].sync ? kSyncSample : kNonSyncSample);
    out.i32(static_cast<std::int32_t>(samples[i].pts - times[i]));
  }
  return offset_at;
}

}  // namespace

std::string write_init_segment(const VideoInit& init) {
  BoxWriter out;
  write_ftyp(out);
  {
    Box moov(out, "moov");
    write_mvhd(out, init.timescale);
    {
      Box trak(out, "trak");
      write_tkhd(out, init.width, init.height, false);
      Box mdia(out, "mdia");
      write_mdhd(out, init.timescale, "und");
      write_hdlr(out, "vide");
      Box minf(out, "minf");
      {
        Box vmhd(out, "vmhd", 0, 1);
        out.zeros(8);
      }
      write_dinf(out);
      write_stbl(out, [&] { write_avc1(out, init); });
    }
    write_mvex(out);
  }
  return out.take();
}

std::string write_init_segment(const AudioInit& init) {
  BoxWriter out;
  write_ftyp(out);
  {
    Box moov(out, "moov");
    write_mvhd(out, init.sample_rate);
    {
      Box trak(out, "trak");
      write_tkhd(out, 0, 0, true);
      Box mdia(out, "mdia");
      write_mdhd(out, init.sample_rate, init.language);
      write_hdlr(out, "soun");
      Box minf(out, "minf");
      {
        Box smhd(out, "smhd", 0, 0);
        out.zeros(4);
      }
      write_dinf(out);
      write_stbl(out, [&] { write_mp4a(out, init); });
    }
    write_mvex(out);
  }
  return out.take();
}

std::vector<std::int64_t> decode_times(const std::vector<Sample>& samples, std::int64_t end) {
  auto times = sorted_times(samples);
  const std::size_t count = samples.size();
  const std::int64_t start = times.front();
  std::int64_t delay = 0;
  for (std::size_t i = 0; i < count; ++i) delay = std::max(delay, times[i] - samples[i].pts);
  if (delay == 0) return times;

  // In the steady state every sample is decoded `delay` before its place in the order of showing.
  const std::int64_t second = times[1];
  for (auto& time : times) time = std::max(start, time - delay);
  // At the start there is no room for that yet: the first samples share what there is.
  const auto ramp = static_cast<std::int64_t>(
      std::upper_bound(times.begin(), times.end(), start) - times.begin());
  const std::int64_t room =
      ramp < static_cast<std::int64_t>(count) ? std::min(times[static_cast<std::size_t>(ramp)], second)
                                              : second;
  for (std::int64_t i = 1; i < ramp; ++i) {
    times[static_cast<std::size_t>(i)] = start + (room - start) * i / ramp;
  }
  // At the end the delay is made up for, so that no sample lasts beyond the end of the segment.
  times[count - 1] = samples[count - 1].pts;
  for (std::size_t i = count - 1; i-- > 0;) {
    times[i] = std::max(times[i], times[i + 1] - (end - samples[i].pts));
  }
  return times;
}

std::string write_media_segment(const std::vector<Sample>& samples, std::int64_t end, int index) {
  const auto times = decode_times(samples, end);
  BoxWriter out;
  {
    Box styp(out, "styp");
    out.bytes("cmfs");
    out.u32(0);
    for (const char* brand : {"cmfs", "msdh", "cmfc"}) out.bytes(brand);
  }
  const std::size_t moof_start = out.size();
  std::size_t offset_at = 0;
  {
    Box moof(out, "moof");
    {
      Box mfhd(out, "mfhd", 0, 0);
      out.u32(static_cast<std::uint32_t>(index) + 1);
    }
    Box traf(out, "traf");
    {
      Box tfhd(out, "tfhd", 0, 0x020000);  // default-base-is-moof
      out.u32(kTrackId);
    }
    {
      Box tfdt(out, "tfdt", 1, 0);
      out.u64(static_cast<std::uint64_t>(times.front()));
    }
    offset_at = write_trun(out, samples, times, end);
  }
  out.patch_u32(offset_at, static_cast<std::uint32_t>(out.size() - moof_start + 8));
  {
    Box mdat(out, "mdat");
    for (const auto& sample : samples) out.bytes(sample.data);
  }
  return out.take();
}

}  // namespace sluice::media
