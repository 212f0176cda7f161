import { useEffect, useId, useRef } from "react";
import { Button } from "../ui/button";
import { CopyButton } from "../ui/copy_button";
import { CopyField } from "../ui/copy_field";
import { type CreatedToken, curlLine } from "./tokens";
import styles from "./tokens_page.module.css";

// The one time a token is shown.
export function FreshToken({ token, onDone }: { token: CreatedToken; onDone: () => void }) {
  const title = useId();
  const section = useRef<HTMLElement>(null);
  useEffect(() => section.current?.focus(), []);
  return (
    <section ref={section} tabIndex={-1} className={styles.fresh} aria-labelledby={title}>
      <h2 id={title}>Copy the token “{token.name}” now</h2>
      <p>It is shown only this once: Sluice keeps no copy that can be read. Treat it like a password.</p>
      <CopyField label="Token" text={token.token} />
      <CopyField label="Try it in a terminal" text={curlLine(window.location.origin, token.token)} />
      <div className={styles.fresh_actions}>
        <CopyButton text={token.token} label="Copy token" look="primary" />
        <Button onClick={onDone}>Done</Button>
      </div>
    </section>
  );
}
