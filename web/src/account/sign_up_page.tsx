import { useQuery } from "@tanstack/react-query";
import { UserRoundPlus } from "lucide-react";
import { Link, Redirect, useSearchParams } from "wouter";
import { instanceQuery } from "../api/instance";
import { useSignUp, useUser } from "../api/session";
import { Page } from "../layout/page";
import { PageLoading } from "../layout/page_loading";
import { ButtonLink } from "../ui/button";
import { EmptyState } from "../ui/empty_state";
import { LoadingFailed } from "../ui/loading_failed";
import { CredentialsForm } from "./credentials_form";
import styles from "./credentials_form.module.css";
import { accountPath, safeNext } from "./next_path";

export default function SignUpPage() {
  const [parameters] = useSearchParams();
  const next = safeNext(parameters.get("next"));
  const user = useUser();
  if (user) return <Redirect to={next} replace />;
  return (
    <Page title="Create an account" width="tiny">
      <SignUp next={next} />
    </Page>
  );
}

function SignUp({ next }: { next: string }) {
  const instance = useQuery(instanceQuery);
  const signUp = useSignUp();
  if (instance.isPending) return <PageLoading />;
  if (instance.isError) return <LoadingFailed error={instance.error} onRetry={() => void instance.refetch()} />;
  if (!instance.data.allow_signup) return <SignUpClosed next={next} />;
  return (
    <div className={styles.card}>
      <div className={styles.heading}>
        <h1>Create an account</h1>
        <p className={styles.soft}>
          Have one already? <Link href={accountPath("/login", next)}>Sign in</Link>
        </p>
      </div>
      <CredentialsForm newAccount submitLabel="Create account" submit={signUp.mutateAsync} />
    </div>
  );
}

function SignUpClosed({ next }: { next: string }) {
  return (
    <EmptyState
      icon={UserRoundPlus}
      title="Accounts are made by the administrator"
      actions={
        <ButtonLink href={accountPath("/login", next)} look="primary">
          Sign in
        </ButtonLink>
      }
    >
      Ask the people who run this Sluice for an account. They make one with <code>sluice user add</code> and your e-mail
      address.
    </EmptyState>
  );
}
