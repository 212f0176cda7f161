// A strict reader of HLS playlists that is not ours: {name: text} on standard input, and on standard output
// {name: what is wrong with it} for those that break RFC 8216.
import hls from "hls-parser";

hls.setOptions({ strictMode: true, silent: true });

let input = "";
for await (const piece of process.stdin) input += piece;
const faults = {};
for (const [name, text] of Object.entries(JSON.parse(input))) {
  try {
    hls.parse(text);
  } catch (error) {
    faults[name] = error.message;
  }
}
console.log(JSON.stringify(faults));
