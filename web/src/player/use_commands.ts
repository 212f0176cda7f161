// The keyboard, and full screen.
import { type RefObject, useEffect } from "react";
import type { Engine } from "./engine";
import { nextSpeed } from "./quality";
import { type Command, commandFor, takesKey } from "./shortcuts";

interface PhoneVideo extends HTMLVideoElement {
  webkitEnterFullscreen?: () => void;
}

export async function toggleFullscreen(surface: HTMLElement | null, engine: Engine) {
  if (document.fullscreenElement) await document.exitFullscreen();
  else if (surface?.requestFullscreen) await surface.requestFullscreen();
  else (engine.element() as PhoneVideo | undefined)?.webkitEnterFullscreen?.(); // iPhones know nothing else
}

function obey(command: Command, engine: Engine, surface: HTMLElement | null) {
  const state = engine.snapshot();
  switch (command.do) {
    case "toggle":
      return engine.toggle();
    case "skip":
      return engine.skip(command.by);
    case "jump":
      return engine.seek(state.duration * command.share);
    case "louder":
      return engine.setVolume((state.muted ? 0 : state.volume) + command.by);
    case "mute":
      return engine.setMuted(!state.muted);
    case "speed":
      return engine.setSpeed(nextSpeed(state.speed, command.direction));
    case "frame":
      if (state.paused) engine.stepFrame(command.direction);
      return;
    case "captions":
      return engine.toggleCaptions();
    case "fullscreen":
      void toggleFullscreen(surface, engine).catch(() => undefined);
      return;
    case "help":
      return;
  }
}

export function useCommands(
  surface: RefObject<HTMLElement | null>,
  engine: Engine | null,
  showList: (shown: boolean) => void,
  stir: () => void,
) {
  useEffect(() => {
    if (!engine) return;
    const onKey = (event: KeyboardEvent) => {
      const command = commandFor(event);
      if (!command || event.defaultPrevented || takesKey(event.target, event.key)) return;
      event.preventDefault();
      stir();
      if (command.do === "help") showList(true);
      else obey(command, engine, surface.current);
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, [engine, surface, showList, stir]);
}
