// The storyboard's tiles, read when they are first wanted, and again while the video grows.
import { useEffect, useRef, useState } from "react";
import { parseStoryboard, type Tile } from "./storyboard";

const readAgainAfter = 5000; // milliseconds

const none: Tile[] = [];

export function useStoryboard(address: string | null, growing: boolean, wanted: boolean): Tile[] {
  const [tiles, setTiles] = useState<Tile[]>(none);
  const newest = useRef(address);
  useEffect(() => {
    newest.current = address;
  }, [address]);

  const there = address !== null;
  const [asked, setAsked] = useState(false);
  if (wanted && !asked) setAsked(true);
  useEffect(() => {
    if (!there || !asked) return;
    const abort = new AbortController();
    const read = async () => {
      if (!newest.current) return;
      const answer = await fetch(newest.current, { signal: abort.signal });
      if (answer.ok) setTiles(parseStoryboard(await answer.text(), answer.url));
    };
    const readQuietly = () => void read().catch(() => undefined); // a bar without pictures still works
    readQuietly();
    const timer = growing ? setInterval(readQuietly, readAgainAfter) : 0;
    return () => {
      abort.abort();
      clearInterval(timer);
    };
  }, [there, asked, growing]);
  return tiles;
}
