// Are the controls wanted? While somebody moves the pointer or types, and a little longer.
import { type PointerEvent as ReactPointerEvent, type RefObject, useEffect, useState, useSyncExternalStore } from "react";

const awakeFor = 3000; // milliseconds

class Attention {
  private awake = true;
  private timer: ReturnType<typeof setInterval> | undefined;
  private element: HTMLElement | null = null;
  private readonly listeners = new Set<() => void>();

  readonly subscribe = (listener: () => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };
  readonly snapshot = () => this.awake;

  readonly stir = () => {
    this.set(true);
    clearInterval(this.timer);
    this.timer = setInterval(() => {
      // A menu that is open, or a control that was reached by Tab, keeps them.
      if (!this.element?.querySelector("[role=menu], :focus-visible")) this.rest();
    }, awakeFor);
  };

  readonly rest = () => {
    clearInterval(this.timer);
    this.set(false);
  };

  // To the pointer and the focus, until the returned function is called.
  attend(element: HTMLElement): () => void {
    this.element = element;
    const onMove = (event: PointerEvent) => event.pointerType === "mouse" && this.stir();
    const onLeave = (event: PointerEvent) => event.pointerType === "mouse" && this.rest();
    element.addEventListener("pointermove", onMove);
    element.addEventListener("pointerleave", onLeave);
    element.addEventListener("focusin", this.stir);
    return () => {
      clearInterval(this.timer);
      element.removeEventListener("pointermove", onMove);
      element.removeEventListener("pointerleave", onLeave);
      element.removeEventListener("focusin", this.stir);
    };
  }

  private set(awake: boolean) {
    if (awake === this.awake) return;
    this.awake = awake;
    for (const listener of this.listeners) listener();
  }
}

export function useAttention(surface: RefObject<HTMLElement | null>) {
  const [attention] = useState(() => new Attention());
  const awake = useSyncExternalStore(attention.subscribe, attention.snapshot);
  useEffect(() => (surface.current ? attention.attend(surface.current) : undefined), [attention, surface]);

  // A click plays or pauses; a finger first wants to see the controls.
  const onPictureTap = (event: ReactPointerEvent, toggle: () => void) => {
    if (event.pointerType === "mouse") {
      if (event.button === 0) toggle();
    } else if (awake) {
      attention.rest();
    } else {
      attention.stir();
    }
  };
  return { awake, stir: attention.stir, onPictureTap };
}
