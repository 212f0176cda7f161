import { Search, X } from "lucide-react";
import { type SyntheticEvent, useEffect, useRef, useState } from "react";
import { useLocation, useSearchParams } from "wouter";
import { listPath, searchPath } from "./search_path";
import styles from "./search_box.module.css";

const pause = 300; // milliseconds after the last key

// Searches titles: in a list as one types, from other pages on Enter.
export function SearchBox() {
  const [location, navigate] = useLocation();
  const [parameters] = useSearchParams();
  const asked = parameters.get("q") ?? "";
  const [text, setText] = useState(asked);
  const [askedBefore, setAskedBefore] = useState(asked);
  const input = useRef<HTMLInputElement>(null);
  // Back, a link, or "Show all videos" changed what is asked for.
  if (asked !== askedBefore) {
    setAskedBefore(asked);
    if (asked !== text.trim()) setText(asked);
  }
  const inList = listPath(location) === location;
  useEffect(() => {
    if (!inList || text.trim() === asked) return;
    const timer = setTimeout(() => navigate(searchPath(location, text), { replace: true }), pause);
    return () => clearTimeout(timer);
  }, [text, asked, inList, location, navigate]);
  const search = (event: SyntheticEvent) => {
    event.preventDefault();
    if (!inList || text.trim() !== asked) navigate(searchPath(location, text));
    input.current?.blur();
  };
  const clear = () => {
    setText("");
    input.current?.focus();
  };
  return (
    <form role="search" className={styles.search} onSubmit={search}>
      <Search size={18} aria-hidden />
      <input
        ref={input}
        type="search"
        name="q"
        aria-label="Search in titles"
        placeholder="Search"
        autoComplete="off"
        enterKeyHint="search"
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      {text && (
        <button type="button" className={styles.clear} aria-label="Clear the search" onClick={clear}>
          <X size={16} aria-hidden />
        </button>
      )}
    </form>
  );
}
