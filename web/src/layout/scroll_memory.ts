// Where one was on each page of this tab. The browser remembers it too, but restores it once, at a
// moment when the page one goes back to may not be as tall yet as it was.
const positions = new Map<string, number>();
const longestRestore = 2000; // milliseconds
const ownMoves = ["wheel", "touchstart", "pointerdown", "keydown"];

window.addEventListener("scroll", () => positions.set(window.location.href, window.scrollY), { passive: true });

// To where one was on this page, as soon as it is tall enough; not against a person who moves on.
export function restoreScroll() {
  const target = positions.get(window.location.href) ?? 0;
  const end = performance.now() + longestRestore;
  const stop = new AbortController();
  for (const type of ownMoves) {
    window.addEventListener(type, () => stop.abort(), { signal: stop.signal, passive: true });
  }
  const step = () => {
    if (stop.signal.aborted) return;
    window.scrollTo(0, target);
    if (Math.abs(window.scrollY - target) <= 1 || performance.now() > end) stop.abort();
    else requestAnimationFrame(step);
  };
  step();
}
