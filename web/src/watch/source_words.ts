// What an uploaded file is, in words. Pure.
import type { Schemas } from "../api/client";
import { languageName } from "./languages";

type Source = Schemas["Source"];
type SourceVideo = Schemas["SourceVideo"];
type SourceAudio = Schemas["SourceAudio"];

const codecNames: Record<string, string> = {
  h264: "H.264",
  hevc: "HEVC (H.265)",
  av1: "AV1",
  vp8: "VP8",
  vp9: "VP9",
  mpeg4: "MPEG-4",
  mpeg2video: "MPEG-2",
  mpeg1video: "MPEG-1",
  prores: "ProRes",
  dvvideo: "DV",
  mjpeg: "Motion JPEG",
  theora: "Theora",
  gif: "GIF",
  aac: "AAC",
  mp3: "MP3",
  ac3: "Dolby Digital",
  eac3: "Dolby Digital Plus",
  opus: "Opus",
  vorbis: "Vorbis",
  flac: "FLAC",
};

export function codecName(codec: string): string {
  if (codec.startsWith("pcm_")) return "PCM";
  return codecNames[codec] ?? codec;
}

const hdrNames = { hdr10: "HDR10", hlg: "HLG", dolby_vision: "Dolby Vision" };

export function pictureWords(video: SourceVideo): string {
  return [
    codecName(video.codec),
    `${video.width} × ${video.height}`,
    video.frame_rate !== null && `${Number(video.frame_rate.toFixed(2))} frames per second`,
    video.hdr && hdrNames[video.hdr],
    video.interlaced && "interlaced",
    video.rotation !== 0 && `turned by ${video.rotation}°`,
    video.mirrored && "mirrored",
    video.sample_aspect[0] !== video.sample_aspect[1] && "pixels that aren’t square",
  ]
    .filter(Boolean)
    .join(", ");
}

function channelWords(channels: number): string {
  if (channels === 1) return "mono";
  if (channels === 2) return "stereo";
  if (channels === 6) return "5.1";
  if (channels === 8) return "7.1";
  return `${channels} channels`;
}

export function soundWords({ codec, channels, sample_rate, language, title }: SourceAudio): string {
  const format = [codecName(codec), channelWords(channels), `${Number((sample_rate / 1000).toFixed(1))} kHz`];
  const name = title || (language && languageName(language));
  return [...format, name].filter(Boolean).join(", ");
}

// Rows for the details of a video.
export function sourceRows(source: Source): [name: string, value: string][] {
  const sounds = source.audio.map((audio, i): [string, string] => [
    source.audio.length > 1 ? `Sound of the file, track ${i + 1}` : "Sound of the file",
    soundWords(audio),
  ]);
  return source.video ? [["Picture of the file", pictureWords(source.video)], ...sounds] : sounds;
}
