import { Page } from "../layout/page";

export default function WatchPage({ id }: { id: string }) {
  return <Page title="Watch">{id}</Page>;
}
