// Video.js without its own looks and keys.
import videojs from "video.js";
import { withoutSurround } from "./stereo";

export type VideoJsPlayer = ReturnType<typeof videojs>;

// Safari's own player is at home with HLS; elsewhere Video.js's engine knows more than the browser's.
const isSafari = videojs.browser.IS_ANY_SAFARI;

interface ManifestParser {
  parseManifest_(manifest: { url: string; manifestString: string }): unknown;
}

// Once for all players: by the time that one can be spoken to it may have read its playlist.
const { prototype } = (videojs as unknown as { Vhs: { PlaylistLoader: { prototype: ManifestParser } } }).Vhs
  .PlaylistLoader;
const parse = prototype.parseManifest_;
prototype.parseManifest_ = function parseStereo(this: ManifestParser, manifest) {
  return parse.call(this, { ...manifest, manifestString: withoutSurround(manifest.manifestString) });
};

export function createVideoJs(
  element: HTMLVideoElement,
  { autoplay, muted }: { autoplay: boolean; muted: boolean },
): VideoJsPlayer {
  return videojs(element, {
    autoplay,
    muted,
    controls: false,
    preload: "auto",
    playsinline: true,
    children: ["mediaLoader", "textTrackDisplay"],
    userActions: { hotkeys: false, click: false, doubleClick: false },
    html5: {
      vhs: {
        overrideNative: !isSafari,
        useBandwidthFromLocalStorage: true,
        useNetworkInformationApi: false,
        useDevicePixelRatio: true,
      },
      nativeAudioTracks: isSafari,
      nativeVideoTracks: isSafari,
    },
  });
}
