// Which list a search looks through: one's own from My videos, else the library.
export const listPath = (location: string) => (location === "/videos" ? "/videos" : "/");

export function searchPath(location: string, text: string): string {
  const asked = text.trim();
  return asked ? `${listPath(location)}?q=${encodeURIComponent(asked)}` : listPath(location);
}
