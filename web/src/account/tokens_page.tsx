import { Page } from "../layout/page";

export default function TokensPage() {
  return <Page title="API tokens">…</Page>;
}
