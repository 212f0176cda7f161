import { Page } from "../layout/page";

export default function MyVideosPage() {
  return <Page title="My videos">…</Page>;
}
