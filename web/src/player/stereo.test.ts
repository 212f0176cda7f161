import { expect, test } from "vitest";
import { withoutSurround } from "./stereo";

const stereo = `#EXTM3U
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="audio",NAME="en",DEFAULT=YES,CHANNELS="2",URI="audio-0/playlist.m3u8"
#EXT-X-STREAM-INF:BANDWIDTH=3000000,AUDIO="audio",CLOSED-CAPTIONS=NONE
720p/playlist.m3u8
`;

test("what has six channels is left out", () => {
  const both = `#EXTM3U
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="audio",NAME="en",DEFAULT=YES,CHANNELS="2",URI="audio-0/playlist.m3u8"
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="surround",NAME="en",DEFAULT=YES,CHANNELS="6",URI="audio-0-surround/playlist.m3u8"
#EXT-X-STREAM-INF:BANDWIDTH=3000000,AUDIO="audio",CLOSED-CAPTIONS=NONE
720p/playlist.m3u8
#EXT-X-STREAM-INF:BANDWIDTH=3200000,AUDIO="surround",CLOSED-CAPTIONS=NONE
720p/playlist.m3u8
`;
  expect(withoutSurround(both)).toBe(stereo);
});

test("everything else stays as it is", () => {
  expect(withoutSurround(stereo)).toBe(stereo);
  const media = '#EXTM3U\n#EXTINF:4.0,\n00000.m4s\n#EXTINF:4.0,\n00001.m4s\n#EXT-X-ENDLIST\n';
  expect(withoutSurround(media)).toBe(media);
});
