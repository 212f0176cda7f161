import { Link, Redirect, useSearchParams } from "wouter";
import { useInstance } from "../api/instance";
import { useSessionEnded, useSignIn, useUser } from "../api/session";
import { Page } from "../layout/page";
import { Notice } from "../ui/notice";
import { CredentialsForm } from "./credentials_form";
import styles from "./credentials_form.module.css";
import { accountPath, safeNext } from "./next_path";

export default function SignInPage() {
  const [parameters] = useSearchParams();
  const next = safeNext(parameters.get("next"));
  const user = useUser();
  const ended = useSessionEnded();
  const open = useInstance()?.allow_signup !== false;
  const signIn = useSignIn();
  if (user) return <Redirect to={next} replace />;
  return (
    <Page title="Sign in" width="tiny">
      <div className={styles.card}>
        <div className={styles.heading}>
          <h1>Sign in</h1>
          <p className={styles.soft}>
            {open ? "New here? " : "No account yet? "}
            <Link href={accountPath("/signup", next)}>{open ? "Create an account" : "How to get one"}</Link>
          </p>
        </div>
        {ended && <Notice>Your session has ended. Sign in again to go on where you were.</Notice>}
        <CredentialsForm newAccount={false} submitLabel="Sign in" submit={signIn.mutateAsync} />
      </div>
    </Page>
  );
}
