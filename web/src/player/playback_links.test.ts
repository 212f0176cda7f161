import { expect, test, vi } from "vitest";
import { ApiError, type Video } from "../api/client";
import { PlaybackLinks } from "./playback_links";

const at = (token: string) => `http://a.example/play/${token}/master.m3u8`;
const videoAt = (token: string) => ({ playback: { hls: at(token), dash: null, expires_at: "" } }) as Video;

test("What is asked for by an old address goes to the new one", async () => {
  const links = new PlaybackLinks(at("one"), () => Promise.resolve(videoAt("two")));
  expect(links.current("http://a.example/play/one/720p/00003.m4s")).toBe("http://a.example/play/one/720p/00003.m4s");
  expect(await links.renew()).toBe("fresh");
  expect(links.hls).toBe(at("two"));
  expect(links.current("http://a.example/play/one/720p/00003.m4s")).toBe("http://a.example/play/two/720p/00003.m4s");
  links.update(at("three"));
  expect(links.current("http://a.example/play/one/a")).toBe("http://a.example/play/three/a");
  expect(links.current("http://a.example/play/two/a")).toBe("http://a.example/play/three/a");
  expect(links.current("http://a.example/play/three/a")).toBe("http://a.example/play/three/a");
});

test("It knows its own addresses, old and new, from others'", () => {
  const links = new PlaybackLinks(at("one"), () => Promise.reject(new Error()));
  links.update(at("two"));
  expect(links.owns("http://a.example/play/one/x")).toBe(true);
  expect(links.owns("http://a.example/play/two/x")).toBe(true);
  expect(links.owns("http://a.example/play/three/x")).toBe(false);
});

test("Many refused requests ask once", async () => {
  const fetchVideo = vi.fn(() => Promise.resolve(videoAt("two")));
  const links = new PlaybackLinks(at("one"), fetchVideo);
  await Promise.all([links.renew(), links.renew(), links.renew()]);
  expect(fetchVideo).toHaveBeenCalledTimes(1);
  await links.renew();
  expect(fetchVideo).toHaveBeenCalledTimes(2);
});

test.each([
  [404, "gone"],
  [403, "gone"],
  [0, "unreachable"],
  [503, "unreachable"],
  [429, "unreachable"],
])("An answer of %i means that it is %s", async (status, renewal) => {
  const links = new PlaybackLinks(at("one"), () => Promise.reject(new ApiError(status, "code", "words")));
  expect(await links.renew()).toBe(renewal);
});

test("A video that can't be played any more is gone", async () => {
  const links = new PlaybackLinks(at("one"), () => Promise.resolve({ playback: null } as Video));
  expect(await links.renew()).toBe("gone");
});
