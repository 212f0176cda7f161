import { Page } from "../layout/page";

export default function UploadPage() {
  return <Page title="Upload">…</Page>;
}
