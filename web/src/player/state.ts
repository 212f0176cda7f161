// What the player's controls show.
import type { Level } from "./quality";

export interface Track {
  id: string;
  label: string;
  on: boolean;
}

export type Failure =
  | { kind: "gone" } // removed, or no longer for this person
  | { kind: "unreachable" }
  | { kind: "broken"; message: string };

export interface PlayerState {
  ready: boolean; // a picture is there
  started: boolean; // has played
  paused: boolean;
  ended: boolean;
  waiting: boolean; // wants to play on and can't yet
  connected: boolean;
  failure: Failure | null;

  // Seconds.
  time: number;
  duration: number; // of the whole, also while only a part of it is there
  available: number; // so much can be played now
  buffered: number;
  resumedAt: number | null; // where an earlier visit ended, until it plays or is left

  growing: boolean; // still being encoded
  levels: Level[];
  quality: string | null; // null: automatic
  playing: string | null; // what is on the screen, such as 720p
  captions: Track[];
  sounds: Track[];

  volume: number;
  muted: boolean;
  speed: number;
  floating: boolean; // picture in picture
}

export const initialState: PlayerState = {
  ready: false,
  started: false,
  paused: true,
  ended: false,
  waiting: false,
  connected: true,
  failure: null,
  time: 0,
  duration: 0,
  available: 0,
  buffered: 0,
  resumedAt: null,
  growing: false,
  levels: [],
  quality: null,
  playing: null,
  captions: [],
  sounds: [],
  volume: 1,
  muted: false,
  speed: 1,
  floating: false,
};

// How far into the end of what exists playback must have come to say that it waits for the encoder.
const atTheEdge = 1.5; // seconds

export const waitsForEncoder = ({ growing, paused, started, waiting, time, available }: PlayerState) =>
  growing && started && !paused && waiting && available - time < atTheEdge;
