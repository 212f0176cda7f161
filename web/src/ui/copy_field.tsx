import { Check, Copy } from "lucide-react";
import { type FocusEvent, useId } from "react";
import { IconButton } from "./button";
import styles from "./text_field.module.css";
import { useCopy } from "./use_copy";

// A text to take along: selected when focused, copied by its button.
export function CopyField({ label, text }: { label: string; text: string }) {
  const id = useId();
  const { copied, copy } = useCopy(text);
  return (
    <div className={styles.field}>
      <label className={styles.label} htmlFor={id}>
        {label}
      </label>
      <div className={styles.box}>
        <input
          id={id}
          className={`${styles.input} ${styles.with_trailing} ${styles.code}`}
          readOnly
          spellCheck={false}
          value={text}
          onFocus={(event: FocusEvent<HTMLInputElement>) => event.target.select()}
        />
        <div className={styles.trailing}>
          <IconButton label={`Copy: ${label}`} icon={copied ? Check : Copy} onClick={copy} />
        </div>
      </div>
    </div>
  );
}
