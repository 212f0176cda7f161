// What a browser does when it opens a page, and a page within a page has to do itself: begin at the
// top, put the focus at the new content, and tell screen readers what has opened.
import { createContext, type ReactNode, type RefObject, useContext, useEffect, useLayoutEffect, useRef, useState } from "react";
import { useLocation } from "wouter";
import { navigationEvents } from "./navigation_events";
import { restoreScroll } from "./scroll_memory";

const TitleContext = createContext<(title: string) => void>(() => undefined);

// Sets the tab's title; read out when it changes after the first page.
export function usePageTitle(title: string) {
  const tell = useContext(TitleContext);
  useEffect(() => {
    document.title = title === "Sluice" ? title : `${title} · Sluice`;
    tell(title);
  }, [title, tell]);
}

export function NavigationFrame({ content, children }: { content: RefObject<HTMLElement | null>; children: ReactNode }) {
  const [title, setTitle] = useState("");
  const [location] = useLocation();
  const shown = useRef(location);
  const [moved, setMoved] = useState(false);
  useLayoutEffect(() => {
    if (shown.current === location) return;
    shown.current = location;
    setMoved(true);
    if (navigationEvents.wentBack()) restoreScroll();
    else window.scrollTo(0, 0);
    const focused = document.activeElement;
    if (!focused || focused === document.body || !content.current?.contains(focused)) {
      content.current?.focus({ preventScroll: true });
    }
  }, [location, content]);
  return (
    <TitleContext value={setTitle}>
      {children}
      <p className="unseen" role="status" aria-live="polite">
        {moved && title}
      </p>
    </TitleContext>
  );
}
