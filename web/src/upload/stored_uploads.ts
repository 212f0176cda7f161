// Which unfinished uploads this browser keeps, and which tab goes on with them. The uploads
// themselves are kept by Golden Retriever under a store's id; a mark in localStorage says that a
// store has something in it, so that a page without uploads needn't load Uppy to know.

const keptFor = 24 * 3600 * 1000; // as long as the server keeps an upload
const markedFor = 60_000; // a mark is renewed now and then while there is something

const prefix = (userId: string) => `sluice.uploads:${userId}:`;

function marks(userId: string): string[] {
  const keys = Array.from({ length: localStorage.length }, (_, index) => localStorage.key(index) ?? "");
  return keys.filter((key) => key.startsWith(prefix(userId)));
}

function storesInUse(userId: string): string[] {
  for (const key of marks(userId)) {
    if (Number(localStorage.getItem(key)) < Date.now() - keptFor) localStorage.removeItem(key);
  }
  return marks(userId).map((key) => key.slice(prefix(userId).length));
}

export const hasStoredUploads = (userId: string) => storesInUse(userId).length > 0;

export function markStore(userId: string, store: string, inUse: boolean) {
  const key = prefix(userId) + store;
  const marked = Number(localStorage.getItem(key));
  if (inUse && marked < Date.now() - markedFor) localStorage.setItem(key, String(Date.now()));
  if (!inUse && marked) localStorage.removeItem(key);
}

// Null: another tab has it. Without the Web Locks API (plain HTTP) nobody can tell.
function lockStore(store: string): Promise<(() => void) | null> {
  if (!("locks" in navigator)) return Promise.resolve(() => undefined);
  return new Promise((resolve) => {
    void navigator.locks.request(`sluice.uploads:${store}`, { ifAvailable: true }, (lock) => {
      if (!lock) return resolve(null);
      return new Promise<void>((release) => resolve(release));
    });
  });
}

export interface ClaimedStore {
  id: string;
  hasUploads: boolean;
  release: () => void; // for other tabs
}

// A store with unfinished uploads that no other tab goes on with, else a new one.
export async function claimStore(userId: string): Promise<ClaimedStore> {
  for (const id of storesInUse(userId)) {
    const release = await lockStore(id);
    if (release) return { id, hasUploads: true, release };
  }
  const random = crypto.getRandomValues(new Uint32Array(2)).join("-");
  const release = await lockStore(random);
  return { id: random, hasUploads: false, release: release ?? (() => undefined) };
}
