// A button of the control bar that opens a list of which one is chosen.
import { Check, type LucideIcon } from "lucide-react";
import { type KeyboardEvent, useEffect, useId, useRef, useState } from "react";
import controls from "./controls.module.css";
import styles from "./menu.module.css";

interface Choice {
  id: string;
  label: string;
}

export function Menu({
  label,
  face,
  icon: Icon,
  choices,
  chosen,
  onChoose,
}: {
  label: string;
  face?: string;
  icon?: LucideIcon;
  choices: Choice[];
  chosen: string;
  onChoose: (id: string) => void;
}) {
  const [open, setOpen] = useState(false);
  const menu = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const id = useId();
  useEffect(() => {
    if (!open) return;
    menu.current?.querySelector<HTMLElement>("[aria-checked=true]")?.focus();
    const close = (event: PointerEvent) => {
      const { target } = event;
      if (target instanceof Node && !menu.current?.contains(target) && !button.current?.contains(target)) setOpen(false);
    };
    document.addEventListener("pointerdown", close);
    return () => document.removeEventListener("pointerdown", close);
  }, [open]);

  const closeAndReturn = () => {
    setOpen(false);
    button.current?.focus();
  };
  const onKey = (event: KeyboardEvent) => {
    const items = [...(menu.current?.querySelectorAll<HTMLElement>("[role=menuitemradio]") ?? [])];
    const now = items.findIndex((item) => item === document.activeElement);
    const targets: Record<string, number> = { ArrowDown: now + 1, ArrowUp: now - 1, Home: 0, End: -1 };
    const target = targets[event.key];
    if (event.key === "Escape") closeAndReturn();
    else if (event.key === "Tab") setOpen(false);
    else if (target !== undefined) items.at(target % items.length)?.focus();
    if (event.key === "Escape" || target !== undefined) event.preventDefault();
  };
  return (
    <span className={styles.anchor}>
      <button
        ref={button}
        type="button"
        className={controls.button}
        aria-label={face ? `${label}: ${face}` : label}
        title={label}
        aria-haspopup="menu"
        aria-expanded={open}
        aria-controls={id}
        onClick={() => setOpen(!open)}
      >
        {Icon ? <Icon size={22} aria-hidden /> : <span className={styles.face}>{face}</span>}
      </button>
      {open && (
        <div ref={menu} id={id} className={styles.menu} role="menu" aria-label={label} tabIndex={-1} onKeyDown={onKey}>
          {choices.map((choice) => (
            <button
              key={choice.id}
              type="button"
              role="menuitemradio"
              aria-checked={choice.id === chosen}
              tabIndex={-1}
              onClick={() => {
                onChoose(choice.id);
                closeAndReturn();
              }}
            >
              <Check size={16} aria-hidden />
              {choice.label}
            </button>
          ))}
        </div>
      )}
    </span>
  );
}
