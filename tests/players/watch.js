// In the browser: plays from start to end with a switch up and one down, then seeks, and tells what was seen.
"use strict";

const event = (target, name) => new Promise((resolve) => target.addEventListener(name, resolve, { once: true }));

function withTime(promise, seconds, what) {
  const late = new Promise((_, reject) => setTimeout(() => reject(new Error(`waited ${seconds} s for ${what}`)), 1000 * seconds));
  return Promise.race([promise, late]);
}

// The media time of the picture that stands after a seek.
async function seek(video, to) {
  let shown = null;
  const listen = (_, frame) => {
    shown = frame.mediaTime;
    video.requestVideoFrameCallback(listen);
  };
  video.requestVideoFrameCallback(listen);
  const seeked = event(video, "seeked");
  video.currentTime = to;
  await withTime(seeked, 10, `the seek to ${to}`);
  const settled = performance.now() + 150;
  await withTime(
    (async () => {
      while (shown === null || performance.now() < settled) await new Promise((resolve) => setTimeout(resolve, 20));
    })(),
    10,
    `a picture after the seek to ${to}`,
  );
  return shown;
}

// plan: {url, rate, up, down: seconds at which to switch, seeks: [seconds], resume: seconds}
window.watch = async (name, plan) => {
  const seen = { player: name, faults: [], stalls: [], sizes: [], seeks: [] };
  const video = document.createElement("video");
  video.muted = true;
  document.body.append(video);
  video.addEventListener("error", () => seen.faults.push(`video: ${video.error.message}`));
  try {
    const start = window.adapters[name](video, plan.url, (fault) => seen.faults.push(fault));
    const player = await withTime(start, 15, "the start");
    video.addEventListener("resize", () => seen.sizes.push(video.videoHeight));
    if (video.videoHeight) seen.sizes.push(video.videoHeight);
    video.playbackRate = plan.rate;
    const ended = event(video, "ended");
    await withTime(video.play(), 10, "the first picture");
    let seeking = false;
    video.addEventListener("waiting", () => seeking || video.currentTime === 0 || seen.stalls.push(video.currentTime)); // at 0 it starts
    const turns = [
      [plan.up, player.largest],
      [plan.down, player.smallest],
    ];
    video.addEventListener("timeupdate", () => {
      while (turns.length > 0 && video.currentTime >= turns[0][0]) turns.shift()[1]();
    });
    await withTime(ended, 60, "the end");
    const quality = video.getVideoPlaybackQuality();
    seen.frames = quality.totalVideoFrames;
    seen.corrupted = quality.corruptedVideoFrames ?? 0;
    seen.end = video.currentTime;
    seen.switches = seen.sizes.splice(0);

    seeking = true;
    video.pause();
    for (const to of plan.seeks) seen.seeks.push([to, await seek(video, to)]);
    const again = event(video, "ended");
    await video.play();
    await withTime(again, 30, "the end after a seek");
    seen.again = video.currentTime;
    await player.end();
  } catch (error) {
    seen.faults.push(`${error.message ?? error} at ${video.currentTime} s, state ${video.readyState}`);
  }
  return seen;
};
