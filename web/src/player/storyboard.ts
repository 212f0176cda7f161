// The small pictures above the seek bar: a WebVTT file whose cues name a part of a sprite sheet,
// `images/00003.jpg#xywh=0,144,256,144` (Media Fragments URI 1.0), relative to the file.

export interface Tile {
  start: number; // seconds
  end: number;
  sheet: string; // absolute URL of the image
  x: number;
  y: number;
  width: number;
  height: number;
}

const timing = /^((?:\d+:)?\d{2}:\d{2}\.\d{3})[ \t]+-->[ \t]+((?:\d+:)?\d{2}:\d{2}\.\d{3})/;
const fragment = /#xywh=(?:pixel:)?(\d+),(\d+),(\d+),(\d+)$/;

function seconds(timestamp: string): number {
  return timestamp.split(":").reduce((sum, part) => sum * 60 + Number(part), 0);
}

function tile(start: number, end: number, target: string, address: string): Tile | null {
  const match = fragment.exec(target);
  if (!match) return null;
  const [x = 0, y = 0, width = 0, height = 0] = match.slice(1).map(Number);
  if (width === 0 || height === 0) return null;
  const sheet = new URL(target.slice(0, match.index), address).href;
  return { start, end, sheet, x, y, width, height };
}

// `address` is where the text came from. Cues that aren't tiles are left out.
export function parseStoryboard(text: string, address: string): Tile[] {
  const tiles: Tile[] = [];
  const lines = text.split(/\r\n|\n|\r/);
  for (const [index, line] of lines.entries()) {
    const match = timing.exec(line);
    if (!match) continue;
    const found = tile(seconds(match[1] ?? ""), seconds(match[2] ?? ""), lines[index + 1]?.trim() ?? "", address);
    if (found) tiles.push(found);
  }
  return tiles.sort((a, b) => a.start - b.start);
}

// The tile shown at `time`: the last that has begun. Null before the first one, and well past the
// last one, where a growing storyboard has nothing yet.
export function tileAt(tiles: readonly Tile[], time: number): Tile | null {
  let low = 0;
  let high = tiles.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((tiles[middle]?.start ?? Infinity) <= time) low = middle + 1;
    else high = middle;
  }
  const found = tiles[low - 1];
  if (!found) return null;
  const slack = found.end - found.start;
  return low < tiles.length || time < found.end + slack ? found : null;
}
