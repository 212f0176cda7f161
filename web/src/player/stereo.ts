// The streaming engine (VHS) takes whatever variant fits the line, also one whose sound has six
// channels, which a page would only mix down again. So it is shown those with two.
export function withoutSurround(playlist: string): string {
  const lines = playlist.split("\n");
  const isSurround = (line: string | undefined) =>
    line !== undefined &&
    ((line.startsWith("#EXT-X-STREAM-INF:") && line.includes(',AUDIO="surround"')) ||
      (line.startsWith("#EXT-X-MEDIA:") && line.includes(',GROUP-ID="surround"')));
  return lines
    .filter((line, i) => {
      const isUri = line !== "" && !line.startsWith("#");
      return !isSurround(line) && !(isUri && isSurround(lines[i - 1]));
    })
    .join("\n");
}
