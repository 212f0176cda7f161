// Where signing in leads back to: the `next` parameter of /login and /signup.

// Only ever a path of this page; anything else, and the account pages themselves, become "/".
// A link with a `next` can come from anybody. The browser's own parser judges it, because it is
// what would follow it: it takes "\" for "/", drops tabs and line ends, and folds "/.//".
export function safeNext(next: string | null | undefined, origin = window.location.origin): string {
  if (!next?.startsWith("/") || !URL.canParse(next, origin)) return "/";
  const { origin: leadsTo, pathname, search, hash } = new URL(next, origin);
  if (leadsTo !== origin || pathname.startsWith("//")) return "/";
  if (pathname === "/login" || pathname === "/signup") return "/";
  return pathname + search + hash;
}

// The address of the sign-in or sign-up page that returns to `next`.
export function accountPath(page: "/login" | "/signup", next: string): string {
  return next === "/" ? page : `${page}?next=${encodeURIComponent(next)}`;
}
