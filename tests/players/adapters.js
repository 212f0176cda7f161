// In the browser: each player behind the same three verbs. `fault` hears of everything that a player reports as an
// error. All start with the smallest rendition, choose none by themselves, and hold about one segment in advance, so
// that a switch shows in the next one.
"use strict";

const AHEAD_SECONDS = 3;

const byHeight = (a, b) => a.height - b.height;

async function hlsJs(video, url, fault) {
  const player = new Hls({
    startLevel: 0,
    startPosition: 0,
    maxBufferLength: AHEAD_SECONDS,
    maxMaxBufferLength: AHEAD_SECONDS,
  });
  player.on(Hls.Events.ERROR, (_, error) => fault(`${error.type} ${error.details}`));
  const parsed = new Promise((resolve) => player.once(Hls.Events.MANIFEST_PARSED, resolve));
  player.loadSource(url);
  player.attachMedia(video);
  await parsed;
  player.loadLevel = 0;
  return {
    smallest: () => (player.loadLevel = 0),
    largest: () => (player.loadLevel = player.levels.length - 1),
    end: () => player.destroy(),
  };
}

async function videoJs(video, url, fault, type) {
  videojs.Vhs.GOAL_BUFFER_LENGTH = AHEAD_SECONDS;
  videojs.Vhs.MAX_GOAL_BUFFER_LENGTH = AHEAD_SECONDS;
  videojs.Vhs.BUFFER_LOW_WATER_LINE = 0;
  videojs.Vhs.MAX_BUFFER_LOW_WATER_LINE = 0;
  const player = videojs(video, { html5: { vhs: { overrideNative: true }, nativeTextTracks: false } });
  player.on("error", () => fault(`${player.error().code} ${player.error().message}`));
  videojs.log.level("off");
  // Its own way to switch by hand throws away what is buffered.
  let at = 0;
  player.on("xhr-hooks-ready", () => {
    const { vhs } = player.tech(true);
    vhs.selectPlaylist = () => {
      const height = (playlist) => playlist.attributes.RESOLUTION.height;
      return [...vhs.playlists.main.playlists].sort((a, b) => height(a) - height(b)).at(at);
    };
  });
  const loaded = new Promise((resolve) => player.one("loadedmetadata", resolve));
  player.src({ src: url, type });
  await loaded;
  return {
    smallest: () => (at = 0),
    largest: () => (at = -1),
    end: () => player.reset(),
  };
}

async function shakaPlayer(video, url, fault) {
  shaka.polyfill.installAll();
  const player = new shaka.Player();
  player.addEventListener("error", ({ detail }) => fault(`${detail.code} ${detail.data}`));
  await player.attach(video);
  player.configure({
    abr: { useNetworkInformation: false, defaultBandwidthEstimate: 1 },
    streaming: { bufferingGoal: AHEAD_SECONDS, rebufferingGoal: 0.1 },
  });
  await player.load(url, 0);
  player.configure({ abr: { enabled: false } });
  const use = (choose) => {
    const all = player.getVariantTracks().sort(byHeight);
    player.selectVariantTrack(choose(all), false);
  };
  return {
    smallest: () => use((all) => all[0]),
    largest: () => use((all) => all.at(-1)),
    end: () => player.destroy(),
  };
}

async function dashJs(video, url, fault) {
  const player = dashjs.MediaPlayer().create();
  player.on(dashjs.MediaPlayer.events.ERROR, ({ error }) => fault(`${error.code} ${error.message}`));
  player.initialize();
  player.updateSettings({
    debug: { logLevel: 0 },
    streaming: {
      abr: { autoSwitchBitrate: { video: false }, initialBitrate: { video: 1 } },
      buffer: {
        fastSwitchEnabled: false,
        bufferTimeDefault: AHEAD_SECONDS,
        bufferTimeAtTopQuality: AHEAD_SECONDS,
        bufferTimeAtTopQualityLongForm: AHEAD_SECONDS,
      },
    },
  });
  const loaded = new Promise((resolve) => player.on(dashjs.MediaPlayer.events.STREAM_INITIALIZED, resolve));
  player.attachView(video);
  player.attachSource(url);
  await loaded;
  const use = (choose) => {
    const all = [...player.getRepresentationsByType("video")].sort(byHeight);
    player.setRepresentationForTypeById("video", choose(all).id, false);
  };
  return {
    smallest: () => use((all) => all[0]),
    largest: () => use((all) => all.at(-1)),
    end: () => player.destroy(),
  };
}

window.adapters = {
  "hls.js": hlsJs,
  "video.js HLS": (video, url, fault) => videoJs(video, url, fault, "application/x-mpegURL"),
  "video.js DASH": (video, url, fault) => videoJs(video, url, fault, "application/dash+xml"),
  "shaka HLS": shakaPlayer,
  "shaka DASH": shakaPlayer,
  "dash.js": dashJs,
};
