export interface Box {
  left: number;
  top: number;
}

const gap = 6;
const edge = 8;

// Where a menu goes: under its button, right edges in line; above it where there is no room below,
// and never over the edge of the window.
export function placeMenu(
  button: { right: number; top: number; bottom: number },
  menu: { width: number; height: number },
  view: { clientWidth: number; clientHeight: number },
): Box {
  const below = button.bottom + gap;
  const fitsBelow = below + menu.height <= view.clientHeight - edge;
  const above = button.top - gap - menu.height;
  const left = Math.min(button.right - menu.width, view.clientWidth - edge - menu.width);
  return {
    left: Math.max(edge, left),
    top: fitsBelow || above < edge ? Math.max(edge, Math.min(below, view.clientHeight - edge - menu.height)) : above,
  };
}
