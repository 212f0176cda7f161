import { Page } from "../layout/page";

export default function SignInPage() {
  return <Page title="Sign in">…</Page>;
}
