// Which renditions there are to choose from, and what the menu calls them.

export interface Level {
  id: string; // the player's own
  name: string; // "720p"
  height: number;
  bitrate: number;
}

// What a rendition is called when nobody told: by its short side, like the server's names.
export function levelName(width: number, height: number): string {
  return `${Math.min(width, height)}p`;
}

// Largest first.
export function sortLevels(levels: readonly Level[]): Level[] {
  return [...levels].sort((a, b) => b.height - a.height || b.bitrate - a.bitrate);
}

// "Auto", with what it has chosen when that is known.
export function autoLabel(playing: string | null): string {
  return playing ? `Auto (${playing})` : "Auto";
}

// The level called `name`, or the nearest below it: a rendition may be missing for a while.
export function chooseLevel(levels: readonly Level[], name: string): Level | null {
  const size = (text: string) => Number.parseInt(text, 10) || 0;
  const sorted = sortLevels(levels);
  return sorted.find((level) => level.name === name) ?? sorted.find((level) => size(level.name) <= size(name)) ?? null;
}

export const speeds = [0.5, 0.75, 1, 1.25, 1.5, 1.75, 2] as const;

export const speedLabel = (speed: number) => (speed === 1 ? "Normal" : `${speed}×`);

// The next faster (1) or slower (-1) one.
export function nextSpeed(speed: number, direction: 1 | -1): number {
  const faster = speeds.find((one) => one > speed + 0.01);
  const slower = [...speeds].reverse().find((one) => one < speed - 0.01);
  return (direction > 0 ? faster : slower) ?? speed;
}
