// A button that opens a menu: the WAI-ARIA menu button pattern.
import { Check, type LucideIcon } from "lucide-react";
import {
  createContext,
  type KeyboardEvent,
  type ReactNode,
  type RefObject,
  useContext,
  useEffect,
  useId,
  useLayoutEffect,
  useRef,
  useState,
} from "react";
import { createPortal } from "react-dom";
import { Link } from "wouter";
import styles from "./menu.module.css";
import { type Box, placeMenu } from "./place_menu";

const CloseContext = createContext<() => void>(() => undefined);

interface MenuButtonProps {
  ref: RefObject<HTMLButtonElement | null>;
  "aria-haspopup": "menu";
  "aria-expanded": boolean;
  "aria-controls": string | undefined;
  onClick: () => void;
}

export function Menu({
  label,
  button,
  children,
}: {
  label: string;
  button: (props: MenuButtonProps) => ReactNode;
  children: ReactNode;
}) {
  const [open, setOpen] = useState(false);
  const opener = useRef<HTMLButtonElement>(null);
  const id = useId();
  const close = () => {
    setOpen(false);
    opener.current?.focus();
  };
  return (
    <>
      {button({
        ref: opener,
        "aria-haspopup": "menu",
        "aria-expanded": open,
        "aria-controls": open ? id : undefined,
        onClick: () => setOpen(!open),
      })}
      {open &&
        // In the body, because the cards of a long list clip what stands over their edge.
        createPortal(
          <CloseContext value={close}>
            <OpenMenu id={id} label={label} opener={opener} onClose={close} onLeave={() => setOpen(false)}>
              {children}
            </OpenMenu>
          </CloseContext>,
          document.body,
        )}
    </>
  );
}

const itemsOf = (menu: HTMLElement | null) => [
  ...(menu?.querySelectorAll<HTMLElement>('[role="menuitem"], [role="menuitemradio"]') ?? []),
];

function OpenMenu({
  id,
  label,
  opener,
  onClose,
  onLeave,
  children,
}: {
  id: string;
  label: string;
  opener: RefObject<HTMLElement | null>;
  onClose: () => void;
  onLeave: () => void;
  children: ReactNode;
}) {
  const menu = useRef<HTMLDivElement>(null);
  const [place, setPlace] = useState<Box>({ left: 0, top: 0 });
  useLayoutEffect(() => {
    if (!menu.current || !opener.current) return;
    setPlace(placeMenu(opener.current.getBoundingClientRect(), menu.current.getBoundingClientRect(), document.documentElement));
    itemsOf(menu.current)[0]?.focus({ preventScroll: true });
  }, [opener]);
  useEffect(() => {
    const onPointer = ({ target }: PointerEvent) => {
      if (target instanceof Node && !menu.current?.contains(target) && !opener.current?.contains(target)) onLeave();
    };
    document.addEventListener("pointerdown", onPointer);
    window.addEventListener("scroll", onLeave, { passive: true });
    window.addEventListener("resize", onLeave);
    return () => {
      document.removeEventListener("pointerdown", onPointer);
      window.removeEventListener("scroll", onLeave);
      window.removeEventListener("resize", onLeave);
    };
  });
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Escape") return onClose();
    if (event.key === "Tab") return onClose();
    const items = itemsOf(menu.current);
    const at = items.findIndex((item) => item === document.activeElement);
    const steps: Record<string, number> = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 };
    const step = steps[event.key];
    if (step === undefined) return;
    event.preventDefault();
    items.at(step % items.length)?.focus();
  };
  return (
    <div
      ref={menu}
      id={id}
      role="menu"
      tabIndex={-1}
      aria-label={label}
      className={styles.menu}
      style={place}
      onKeyDown={onKeyDown}
    >
      {children}
    </div>
  );
}

export function MenuItem({
  icon: Icon,
  danger = false,
  onSelect,
  children,
}: {
  icon: LucideIcon;
  danger?: boolean;
  onSelect: () => void;
  children: ReactNode;
}) {
  const close = useContext(CloseContext);
  const select = () => {
    close();
    onSelect();
  };
  return (
    <button
      type="button"
      role="menuitem"
      tabIndex={-1}
      className={danger ? `${styles.item} ${styles.danger}` : styles.item}
      onClick={select}
    >
      <Icon size={18} aria-hidden />
      {children}
    </button>
  );
}

// One of several of which one is chosen.
export function MenuChoice({
  icon: Icon,
  chosen,
  onSelect,
  children,
}: {
  icon: LucideIcon;
  chosen: boolean;
  onSelect: () => void;
  children: ReactNode;
}) {
  const close = useContext(CloseContext);
  const select = () => {
    close();
    onSelect();
  };
  return (
    <button
      type="button"
      role="menuitemradio"
      aria-checked={chosen}
      tabIndex={-1}
      className={styles.item}
      onClick={select}
    >
      <Icon size={18} aria-hidden />
      {children}
      {chosen && <Check size={16} className={styles.check} aria-hidden />}
    </button>
  );
}

export function MenuLink({
  href,
  icon: Icon,
  current = false,
  children,
}: {
  href: string;
  icon: LucideIcon;
  current?: boolean;
  children: ReactNode;
}) {
  const close = useContext(CloseContext);
  return (
    <Link
      href={href}
      role="menuitem"
      tabIndex={-1}
      aria-current={current ? "page" : undefined}
      className={styles.item}
      onClick={close}
    >
      <Icon size={18} aria-hidden />
      {children}
    </Link>
  );
}

export const MenuLabel = ({ children }: { children: ReactNode }) => <div className={styles.label}>{children}</div>;

export const MenuSeparator = () => <div role="separator" className={styles.separator} />;
