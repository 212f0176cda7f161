// What uploads need of the whole app: who is signed in, a warning before the page is left, the
// lists of videos kept fresh, and a word for screen readers. Stands above the pages.
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { useSessionEnded, useUser } from "../api/session";
import { announcement, isSending, type UploadRow } from "./row";
import { uploads, useUploads } from "./uploads";

export function UploadSession() {
  useSignedInUploads();
  useWarningBeforeLeaving();
  return (
    <div className="unseen" role="status" aria-live="polite">
      {useNews()}
    </div>
  );
}

function useSignedInUploads() {
  const user = useUser();
  const ended = useSessionEnded();
  const userId = user?.id;
  const signedOut = user === null && !ended;
  useEffect(() => {
    if (userId) uploads.enter(userId);
    else if (signedOut) uploads.leave();
  }, [userId, signedOut]);
}

function useWarningBeforeLeaving() {
  const sending = useUploads().some(isSending);
  useEffect(() => {
    if (!sending) return;
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener("beforeunload", warn);
    return () => window.removeEventListener("beforeunload", warn);
  }, [sending]);
}

function useNews(): string {
  const rows = useUploads();
  const queries = useQueryClient();
  const before = useRef(new Map<string, UploadRow>());
  const [news, setNews] = useState("");
  useEffect(() => {
    const old = before.current;
    before.current = new Map(rows.map((row) => [row.id, row]));
    const changed = rows.filter((row) => old.get(row.id)?.phase.kind !== row.phase.kind);
    if (changed.some(({ phase }) => phase.kind === "encoding" || phase.kind === "complete")) {
      void queries.invalidateQueries({ queryKey: ["videos"] });
    }
    const said = rows.map((row) => announcement(old.get(row.id), row)).filter((text) => text !== null);
    if (said.length > 0) setNews(said.join(". "));
  }, [rows, queries]);
  return news;
}
