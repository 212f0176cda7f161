import { Page } from "../layout/page";

export default function SignUpPage() {
  return <Page title="Sign up">…</Page>;
}
