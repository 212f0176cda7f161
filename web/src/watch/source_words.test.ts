import { expect, it } from "vitest";
import { codecName, pictureWords, soundWords, sourceRows } from "./source_words";

const video = {
  codec: "hevc",
  width: 1920,
  height: 1080,
  sample_aspect: [1, 1],
  frame_rate: 29.97,
  rotation: 90 as const,
  mirrored: false,
  interlaced: false,
  hdr: "hlg" as const,
  pixel_format: "yuv420p10le",
  color: { primaries: "bt2020", transfer: "arib-std-b67", matrix: "bt2020nc", full_range: false },
};
const sound = {
  codec: "aac",
  channels: 6,
  sample_rate: 44100,
  language: "de",
  title: null,
  is_default: true,
  loudness_lufs: -23,
  true_peak_dbtp: -1,
};

it("says what the picture of a file is, and what is special about it", () => {
  expect(pictureWords(video)).toBe("HEVC (H.265), 1920 × 1080, 29.97 frames per second, HLG, turned by 90°");
  expect(pictureWords({ ...video, hdr: null, rotation: 0, frame_rate: null, interlaced: true, sample_aspect: [4, 3] })).toBe(
    "HEVC (H.265), 1920 × 1080, interlaced, pixels that aren’t square",
  );
});

it("says what its sound is", () => {
  expect(soundWords(sound)).toBe("AAC, 5.1, 44.1 kHz, German");
  expect(soundWords({ ...sound, channels: 2, title: "Commentary" })).toBe("AAC, stereo, 44.1 kHz, Commentary");
  expect(codecName("pcm_s16le")).toBe("PCM");
  expect(codecName("newcodec")).toBe("newcodec");
});

it("numbers sound tracks where there are several", () => {
  const source = { container: "mov", size_bytes: 1, duration_seconds: 1, video, audio: [sound, sound] };
  expect(sourceRows(source).map(([name]) => name)).toEqual([
    "Picture of the file",
    "Sound of the file, track 1",
    "Sound of the file, track 2",
  ]);
  expect(sourceRows({ ...source, video: null, audio: [sound] })).toHaveLength(1);
});
