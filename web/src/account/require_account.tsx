import { KeyRound } from "lucide-react";
import type { ReactNode } from "react";
import { useLocation, useSearch } from "wouter";
import { useInstance } from "../api/instance";
import { useSession } from "../api/session";
import { PageLoading } from "../layout/page_loading";
import { ButtonLink } from "../ui/button";
import { EmptyState } from "../ui/empty_state";
import { LoadingFailed } from "../ui/loading_failed";
import { accountPath } from "./next_path";

// Shows `children` to whoever is signed in. To others: why an account is needed (`reason`, a
// sentence), and the ways to one, which lead back here.
export function RequireAccount({ reason, children }: { reason: string; children: ReactNode }) {
  const session = useSession();
  if (session.data) return children;
  if (session.data === null) return <AccountNeeded reason={reason} />;
  if (session.isError) return <LoadingFailed error={session.error} onRetry={() => void session.refetch()} />;
  return <PageLoading />;
}

function AccountNeeded({ reason }: { reason: string }) {
  const [path] = useLocation();
  const search = useSearch();
  const here = search ? `${path}?${search}` : path;
  const closed = useInstance()?.allow_signup === false;
  return (
    <EmptyState
      icon={KeyRound}
      title="Sign in to go on"
      actions={
        <>
          <ButtonLink href={accountPath("/login", here)} look="primary">
            Sign in
          </ButtonLink>
          <ButtonLink href={accountPath("/signup", here)}>{closed ? "Get an account" : "Create an account"}</ButtonLink>
        </>
      }
    >
      {reason}
    </EmptyState>
  );
}
