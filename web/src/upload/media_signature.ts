// What a file is by its first bytes. Pure. The media here are the containers that Sluice's engine
// opens (src/media/source_input.cpp).

export const headBytes = 4096; // as many as recognise() wants, fewer if the file is shorter

export type Kind = { media: true } | { media: false; what: string };

type Signature = [text: string, at?: number];

const mediaSignatures: Signature[] = [
  ["\x1aE\xdf\xa3"], // Matroska, WebM
  ["ftyp", 4], // MP4, MOV, 3GP; older ones begin with any of the next
  ["moov", 4],
  ["mdat", 4],
  ["free", 4],
  ["skip", 4],
  ["wide", 4],
  ["pnot", 4],
  ["styp", 4],
  ["OggS"],
  ["FLV\x01"],
  ["0&\xb2u\x8ef\xcf\x11"], // ASF, WMV, WMA
  ["\x00\x00\x01\xba"], // MPEG program stream, VOB
  ["\x00\x00\x01\xb3"], // MPEG video
  ["\x00\x00\x00\x01"], // H.264, HEVC
  ["ID3"],
  ["fLaC"],
  ["\x0bw"], // AC-3, E-AC-3
  ["RF64"],
  ["riff.\x91\xcf\x11"], // Wave64
  ["caff"],
  [".snd"],
  ["#!AMR"],
  ["\x06\x0e+4\x02\x05\x01\x01"], // MXF
  ["\x00\x00\x00\x00\x01\xbc"], // GXF
  ["\x1f\x07\x00"], // DV
  ["DKIF"],
  ["nut/multimedia"],
  [".RMF"],
  ["GIF8"],
];

const picture = "a picture";
const archive = "an archive";
const program = "a program";
const document = "a document";

const otherSignatures: [what: string, ...signature: Signature][] = [
  ["a PDF", "%PDF"],
  [picture, "\x89PNG"],
  [picture, "\xff\xd8\xff"],
  [picture, "II*\x00"],
  [picture, "MM\x00*"],
  [picture, "8BPS"],
  [picture, "WEBP", 8],
  // Pictures in the clothes of an MP4.
  [picture, "ftyphei", 4],
  [picture, "ftypavif", 4],
  [picture, "ftypmif1", 4],
  ["an archive or an office document", "PK\x03\x04"],
  [archive, "Rar!"],
  [archive, "7z\xbc\xaf"],
  [archive, "\x1f\x8b"],
  [archive, "BZh"],
  [archive, "\xfd7zXZ"],
  [archive, "(\xb5/\xfd"],
  [archive, "ustar", 257],
  [document, "\xd0\xcf\x11\xe0"],
  [document, "{\\rtf"],
  [program, "\x7fELF"],
  [program, "MZ"],
  ["a database", "SQLite format 3"],
  ["a MIDI file", "MThd"],
  ["a playlist", "#EXTM3U"],
  ["a playlist", "ffconcat"],
  ["a playlist", "[playlist]"],
];

const has = (head: Uint8Array, text: string, at = 0) =>
  head.length >= at + text.length && [...text].every((char, index) => head[at + index] === char.charCodeAt(0));

// RIFF and IFF name what they hold after a size.
const isRiffMedia = (head: Uint8Array) =>
  (has(head, "RIFF") && (has(head, "AVI ", 8) || has(head, "WAVE", 8))) ||
  (has(head, "FORM") && (has(head, "AIFF", 8) || has(head, "AIFC", 8)));

// Packets of 188 bytes, each beginning with 0x47; of 192 with a time stamp before (AVCHD, Blu-ray).
function isTransportStream(head: Uint8Array): boolean {
  const packets = (size: number, first: number) => {
    const syncs = Math.min(4, Math.floor((head.length - first) / size));
    return syncs >= 2 && Array.from({ length: syncs }, (_, n) => head[first + n * size]).every((byte) => byte === 0x47);
  };
  return packets(188, 0) || packets(192, 4);
}

// The header of an MP3 frame or an ADTS AAC frame.
function isAudioFrame(head: Uint8Array): boolean {
  const [first = 0, second = 0, third = 0] = head;
  if (first !== 0xff || (second & 0xe0) !== 0xe0) return false;
  if ((second & 0xf6) === 0xf0) return ((third >> 2) & 15) < 13; // ADTS: a sampling rate that exists
  const isMpegAudio = (second & 0x18) !== 0x08 && (second & 0x06) !== 0;
  return isMpegAudio && third >> 4 !== 15 && third >> 4 !== 0 && ((third >> 2) & 3) !== 3;
}

function isText(head: Uint8Array): boolean {
  if (has(head, "\xff\xfe") || has(head, "\xfe\xff")) return true; // UTF-16
  try {
    // `stream`: the last character may be cut.
    const text = new TextDecoder("utf-8", { fatal: true }).decode(head, { stream: true });
    return text.length > 0 && [...text].every((char) => char >= " " || "\t\n\r\f\x1b".includes(char));
  } catch {
    return false;
  }
}

// Null: no signature that is known here.
export function recognise(head: Uint8Array): Kind | null {
  const other = otherSignatures.find(([, text, at]) => has(head, text, at));
  if (other) return { media: false, what: other[0] };
  if (isText(head)) return { media: false, what: "text" };
  const isMedia =
    mediaSignatures.some(([text, at]) => has(head, text, at)) ||
    isRiffMedia(head) ||
    isTransportStream(head) ||
    isAudioFrame(head);
  return isMedia ? { media: true } : null;
}
