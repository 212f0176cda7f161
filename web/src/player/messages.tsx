// What is said over the picture: waiting, encoding, failures, where one came back to.
import { CloudOff, RotateCcw, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import type { Video } from "../api/client";
import { formatClock, formatWait } from "../ui/format";
import type { Engine } from "./engine";
import styles from "./messages.module.css";
import { type Failure, type PlayerState, waitsForEncoder } from "./state";

interface Props {
  engine: Engine;
  state: PlayerState;
  video: Video;
}

export function Messages({ engine, state, video }: Props) {
  if (state.failure) return <FailureMessage failure={state.failure} onTryAgain={() => engine.tryAgain()} />;
  if (waitsForEncoder(state)) return <EncoderMessage video={video} />;
  if (!state.connected && (state.waiting || !state.ready)) {
    return <Message icon={<CloudOff size={20} aria-hidden />}>The connection is lost. Trying again…</Message>;
  }
  if (state.waiting && !state.paused) return <div className={styles.ring} role="status" aria-label="Loading" />;
  if (state.resumedAt !== null && !state.started) return null;
  if (state.resumedAt !== null) return <Resumed engine={engine} at={state.resumedAt} />;
  return null;
}

function Message({ icon, children }: { icon?: ReactNode; children: ReactNode }) {
  return (
    <div className={styles.message} role="status">
      {icon}
      <span>{children}</span>
    </div>
  );
}

function EncoderMessage({ video }: { video: Video }) {
  if (video.status === "failed") return <Message>The rest of this video could not be encoded.</Message>;
  const left = video.eta_seconds === null ? "" : ` — about ${formatWait(video.eta_seconds)} left`;
  return (
    <Message icon={<span className={styles.small_ring} aria-hidden />}>
      {`The rest is still being encoded${left}. It goes on by itself.`}
    </Message>
  );
}

function Resumed({ engine, at }: { engine: Engine; at: number }) {
  return (
    <button type="button" className={styles.resumed} onClick={() => engine.seek(0)}>
      <RotateCcw size={16} aria-hidden />
      {`Resumed at ${formatClock(at)} · From the beginning`}
    </button>
  );
}

function wordsFor(failure: Failure): [title: string, text: string] {
  switch (failure.kind) {
    case "gone":
      return ["This video is no longer available", "It was removed, or its owner keeps it private."];
    case "unreachable":
      return ["The server can't be reached", "Check the connection; then try again. You will go on where you were."];
    case "broken":
      return ["This video can't be played", "Something went wrong while playing it. Trying again may help."];
  }
}

function FailureMessage({ failure, onTryAgain }: { failure: Failure; onTryAgain: () => void }) {
  const [title, text] = wordsFor(failure);
  return (
    <div className={styles.failure} role="alert">
      <TriangleAlert size={32} strokeWidth={1.5} aria-hidden />
      <h2>{title}</h2>
      <p>{text}</p>
      {failure.kind !== "gone" && (
        <button type="button" className={styles.try_again} onClick={onTryAgain}>
          Try again
        </button>
      )}
    </div>
  );
}
