#include "media/read_cmaf.h"

#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include "video/video.h"

namespace sluice::media {
namespace {

tl::unexpected<Error> invalid(std::string what) {
  return fail(ErrorKind::internal, kOutputInvalid, std::move(what));
}

// Big-endian fields one after the other; behind the end they are 0 and `failed()`.
class Fields {
 public:
  explicit Fields(std::string_view bytes) : bytes_(bytes) {}

  std::uint64_t number(int count) {
    std::uint64_t value = 0;
    for (const char byte : take(static_cast<std::size_t>(count))) {
      value = value << 8 | static_cast<unsigned char>(byte);
    }
    return value;
  }
  std::uint32_t u8() { return static_cast<std::uint32_t>(number(1)); }
  std::uint32_t u16() { return static_cast<std::uint32_t>(number(2)); }
  std::uint32_t u32() { return static_cast<std::uint32_t>(number(4)); }
  std::uint64_t u64() { return number(8); }
  void skip(std::size_t count) { take(count); }
  std::string_view take(std::size_t count) {
    if (count > bytes_.size()) {
      failed_ = true;
      return {};
    }
    const auto taken = bytes_.substr(0, count);
    bytes_.remove_prefix(count);
    return taken;
  }
  std::string_view rest() const { return bytes_; }
  bool failed() const { return failed_; }

 private:
  std::string_view bytes_;
  bool failed_ = false;
};

struct Box {
  std::string_view type;
  std::string_view body;
  std::int64_t offset = 0;        // in what it was found in
  std::int64_t header_bytes = 8;
  std::int64_t size_bytes = 0;    // announced, with the header
};

// The boxes of a body, or of the beginning of an object that is `whole` long: then the last one may
// have only a part of its body here.
Result<std::vector<Box>> read_boxes(std::string_view bytes, std::int64_t whole) {
  std::vector<Box> boxes;
  std::int64_t at = 0;
  while (at < static_cast<std::int64_t>(bytes.size())) {
    Fields fields(bytes.substr(static_cast<std::size_t>(at)));
    Box box;
    box.offset = at;
    std::uint64_t size = fields.u32();
    box.type = fields.take(4);
    if (size == 1) {
      size = fields.u64();
      box.header_bytes = 16;
    }
    if (fields.failed()) return invalid(fmt::format("a box is cut off at {}", at));
    if (size < static_cast<std::uint64_t>(box.header_bytes) ||
        size > static_cast<std::uint64_t>(whole - at)) {
      return invalid(fmt::format("a box at {} claims {} of {} bytes", at, size, whole - at));
    }
    box.size_bytes = static_cast<std::int64_t>(size);
    box.body = fields.rest().substr(0, static_cast<std::size_t>(size) -
                                           static_cast<std::size_t>(box.header_bytes));
    boxes.push_back(box);
    at += box.size_bytes;
  }
  return boxes;
}

// The one box of a type; exactly one must be there, whole.
Result<Box> only(const std::vector<Box>& boxes, std::string_view type) {
  const auto is_it = [&](const Box& box) { return box.type == type; };
  if (std::count_if(boxes.begin(), boxes.end(), is_it) != 1) {
    return invalid(fmt::format("there is not exactly one {}", type));
  }
  return *std::find_if(boxes.begin(), boxes.end(), is_it);
}

Result<Box> child(const Box& parent, std::string_view type) {
  SLUICE_TRY_ASSIGN(const auto boxes,
                    read_boxes(parent.body, static_cast<std::int64_t>(parent.body.size())));
  return only(boxes, type);
}

Result<Box> descendant(Box box, std::initializer_list<std::string_view> path) {
  for (const auto type : path) {
    SLUICE_TRY_ASSIGN(box, child(box, type));
  }
  return box;
}

struct Header {
  std::uint32_t version = 0;
  std::uint32_t flags = 0;
};

Header full_box(Fields& fields) {
  const auto word = fields.u32();
  return {word >> 24, word & 0xFFFFFF};
}

enum TrunFlags : std::uint32_t {
  kDataOffset = 0x1,
  kFirstSampleFlags = 0x4,
  kDuration = 0x100,
  kSize = 0x200,
  kFlags = 0x400,
  kCompositionOffset = 0x800,
};
constexpr std::uint32_t kNonSync = 0x10000;

struct Run {
  std::int64_t data_offset = 0;
  std::vector<ReadSample> samples;
};

// Sluice writes all four fields for every sample; anything that leaves one to a default is not ours.
Result<Run> read_trun(const Box& trun, std::int64_t decode_time) {
  Fields fields(trun.body);
  const auto header = full_box(fields);
  constexpr std::uint32_t kNeeded = kDataOffset | kDuration | kSize | kFlags | kCompositionOffset;
  if ((header.flags & kNeeded) != kNeeded || (header.flags & kFirstSampleFlags) != 0) {
    return invalid(fmt::format("the run of samples has flags {:#x}", header.flags));
  }
  const std::size_t count = fields.u32();
  Run run;
  run.data_offset = static_cast<std::int32_t>(fields.u32());
  constexpr std::size_t kEntryBytes = 16;
  if (count == 0 || fields.failed() || fields.rest().size() != count * kEntryBytes) {
    return invalid(fmt::format("a run of {} samples has {} bytes", count, fields.rest().size()));
  }
  run.samples.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    ReadSample sample;
    sample.decode_time = decode_time;
    sample.duration = fields.u32();
    sample.size_bytes = fields.u32();
    sample.sync = (fields.u32() & kNonSync) == 0;
    const auto offset = fields.u32();
    sample.presentation_time =
        decode_time + (header.version == 0 ? std::int64_t{offset}
                                           : std::int64_t{static_cast<std::int32_t>(offset)});
    decode_time += sample.duration;
    run.samples.push_back(sample);
  }
  return run;
}

Result<std::int64_t> read_tfdt(const Box& tfdt) {
  Fields fields(tfdt.body);
  const auto time = full_box(fields).version == 1 ? fields.u64() : fields.u32();
  if (fields.failed() || time > std::numeric_limits<std::int64_t>::max() / 2) {
    return invalid("the decode time can't be read");
  }
  return static_cast<std::int64_t>(time);
}

// default-base-is-moof and no defaults.
Result<> check_tfhd(const Box& tfhd) {
  Fields fields(tfhd.body);
  const auto flags = full_box(fields).flags;
  if (flags != 0x020000) return invalid(fmt::format("the fragment's header has flags {:#x}", flags));
  return {};
}

Result<> read_visual_entry(std::string_view body, ReadInit& init) {
  Fields fields(body);
  fields.skip(24);
  init.width = static_cast<int>(fields.u16());
  init.height = static_cast<int>(fields.u16());
  fields.skip(50);
  SLUICE_TRY_ASSIGN(const auto boxes, read_boxes(fields.rest(),
                                                 static_cast<std::int64_t>(fields.rest().size())));
  SLUICE_TRY_ASSIGN(const auto avcc, only(boxes, "avcC"));
  init.avc_config = std::string(avcc.body);
  SLUICE_TRY_ASSIGN(const auto colr, only(boxes, "colr"));
  Fields color(colr.body);
  if (color.take(4) == "nclx") {
    ColorTags tags;
    tags.primaries = static_cast<int>(color.u16());
    tags.transfer = static_cast<int>(color.u16());
    tags.matrix = static_cast<int>(color.u16());
    tags.full_range = (color.u8() & 0x80) != 0;
    if (!color.failed()) init.color = tags;
  }
  return {};
}

// ISO/IEC 14496-1: a tag, a length in groups of seven bits, and the content.
std::string_view descriptor(Fields& fields, std::uint32_t tag) {
  if (fields.u8() != tag) return {};
  std::size_t length = 0;
  for (int i = 0; i < 4; ++i) {
    const auto byte = fields.u8();
    length = length << 7 | (byte & 0x7F);
    if ((byte & 0x80) == 0) break;
  }
  return fields.take(length);
}

Result<> read_audio_entry(std::string_view body, ReadInit& init) {
  Fields fields(body);
  fields.skip(16);
  init.channels = static_cast<int>(fields.u16());
  fields.skip(6);
  init.sample_rate = static_cast<int>(fields.u32() >> 16);
  SLUICE_TRY_ASSIGN(const auto boxes, read_boxes(fields.rest(),
                                                 static_cast<std::int64_t>(fields.rest().size())));
  SLUICE_TRY_ASSIGN(const auto esds, only(boxes, "esds"));
  Fields inside(esds.body);
  full_box(inside);
  Fields stream(descriptor(inside, 3));
  stream.skip(3);
  Fields decoder(descriptor(stream, 4));
  decoder.skip(13);
  init.audio_specific_config = std::string(descriptor(decoder, 5));
  if (init.audio_specific_config.size() < 2) return invalid("the AAC configuration is missing");
  return {};
}

Result<> read_sample_entry(const Box& stsd, ReadInit& init) {
  Fields fields(stsd.body);
  full_box(fields);
  const auto count = fields.u32();
  SLUICE_TRY_ASSIGN(const auto entries, read_boxes(fields.rest(),
                                                   static_cast<std::int64_t>(fields.rest().size())));
  if (count != 1 || entries.size() != 1) return invalid("there is not exactly one sample entry");
  init.sample_entry = std::string(entries.front().type);
  if (init.sample_entry == "avc1") return read_visual_entry(entries.front().body, init);
  if (init.sample_entry == "mp4a") return read_audio_entry(entries.front().body, init);
  return invalid(fmt::format("the sample entry is {}", init.sample_entry));
}

std::int64_t read_mdhd_timescale(const Box& mdhd) {
  Fields fields(mdhd.body);
  fields.skip(full_box(fields).version == 1 ? 16 : 8);
  return fields.u32();
}

}  // namespace

std::int64_t ReadSegment::start() const {
  return std::min_element(samples.begin(), samples.end(),
                          [](const auto& a, const auto& b) {
                            return a.presentation_time < b.presentation_time;
                          })
      ->presentation_time;
}

std::int64_t ReadSegment::end() const {
  return samples.back().decode_time + samples.back().duration;
}

Result<ReadSegment> read_media_segment(std::string_view bytes, std::int64_t object_bytes) {
  SLUICE_TRY_ASSIGN(const auto boxes, read_boxes(bytes, object_bytes));
  SLUICE_TRY_ASSIGN(const auto moof, only(boxes, "moof"));
  SLUICE_TRY_ASSIGN(const auto mdat, only(boxes, "mdat"));
  if (moof.offset + moof.size_bytes != mdat.offset ||
      mdat.offset + mdat.size_bytes != object_bytes) {
    return invalid("it is not one moof followed by one mdat to the end");
  }
  SLUICE_TRY_ASSIGN(const auto mfhd, child(moof, "mfhd"));
  SLUICE_TRY_ASSIGN(const auto traf, child(moof, "traf"));
  SLUICE_TRY_ASSIGN(const auto tfhd, child(traf, "tfhd"));
  SLUICE_TRY(check_tfhd(tfhd));
  SLUICE_TRY_ASSIGN(const auto tfdt, child(traf, "tfdt"));
  SLUICE_TRY_ASSIGN(const auto decode_time, read_tfdt(tfdt));
  SLUICE_TRY_ASSIGN(const auto trun, child(traf, "trun"));
  SLUICE_TRY_ASSIGN(auto run, read_trun(trun, decode_time));

  ReadSegment segment;
  Fields sequence(mfhd.body);
  full_box(sequence);
  segment.sequence = sequence.u32();
  segment.data_offset = moof.offset + run.data_offset;
  segment.samples = std::move(run.samples);
  std::int64_t data = 0;
  for (const auto& sample : segment.samples) data += sample.size_bytes;
  if (segment.data_offset != mdat.offset + mdat.header_bytes ||
      segment.data_offset + data != object_bytes) {
    return invalid(fmt::format("samples of {} bytes from {} on don't fill the mdat of {} at {}",
                               data, segment.data_offset, mdat.size_bytes, mdat.offset));
  }
  return segment;
}

Result<ReadInit> read_init_segment(std::string_view bytes) {
  SLUICE_TRY_ASSIGN(const auto boxes, read_boxes(bytes, static_cast<std::int64_t>(bytes.size())));
  SLUICE_TRY_ASSIGN(const auto moov, only(boxes, "moov"));
  SLUICE_TRY(descendant(moov, {"mvex", "trex"}));
  SLUICE_TRY_ASSIGN(const auto trak, child(moov, "trak"));
  SLUICE_TRY_ASSIGN(const auto parts,
                    read_boxes(trak.body, static_cast<std::int64_t>(trak.body.size())));
  ReadInit init;
  init.has_edit_list = std::any_of(parts.begin(), parts.end(),
                                   [](const Box& box) { return box.type == "edts"; });
  SLUICE_TRY_ASSIGN(const auto mdhd, descendant(trak, {"mdia", "mdhd"}));
  init.timescale = read_mdhd_timescale(mdhd);
  SLUICE_TRY_ASSIGN(const auto hdlr, descendant(trak, {"mdia", "hdlr"}));
  init.handler = std::string(hdlr.body.substr(0, 12).substr(std::min<std::size_t>(8, hdlr.body.size())));
  SLUICE_TRY_ASSIGN(const auto stsd, descendant(trak, {"mdia", "minf", "stbl", "stsd"}));
  SLUICE_TRY(read_sample_entry(stsd, init));
  return init;
}

std::string codecs_of(const ReadInit& init) {
  if (init.avc_config.size() >= 4) {
    return fmt::format("avc1.{:02x}{:02x}{:02x}", static_cast<unsigned char>(init.avc_config[1]),
                       static_cast<unsigned char>(init.avc_config[2]),
                       static_cast<unsigned char>(init.avc_config[3]));
  }
  if (init.audio_specific_config.empty()) return {};
  return fmt::format("mp4a.40.{}", static_cast<unsigned char>(init.audio_specific_config[0]) >> 3);
}

int first_slice_type(std::string_view access_unit) {
  Fields fields(access_unit);
  while (!fields.rest().empty()) {
    const std::size_t length = fields.u32();
    if (length == 0 || fields.rest().empty()) return 0;
    const int type = static_cast<unsigned char>(fields.rest().front()) & 31;
    if (type >= 1 && type <= 5) return type;
    fields.skip(length);
    if (fields.failed()) return 0;
  }
  return 0;
}

bool is_length_prefixed(std::string_view access_unit) {
  Fields fields(access_unit);
  while (!fields.rest().empty() && !fields.failed()) {
    if (fields.take(fields.u32()).empty()) return false;
  }
  return !fields.failed();
}

}  // namespace sluice::media
