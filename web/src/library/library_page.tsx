import { Page } from "../layout/page";

export function LibraryPage() {
  return <Page title="Sluice">…</Page>;
}
