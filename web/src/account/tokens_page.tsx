import { KeyRound, Plus } from "lucide-react";
import { useState } from "react";
import { Page } from "../layout/page";
import { PageHeading } from "../layout/page_heading";
import { Button } from "../ui/button";
import { EmptyState } from "../ui/empty_state";
import { LoadingFailed } from "../ui/loading_failed";
import { CreateTokenDialog } from "./create_token_dialog";
import { FreshToken } from "./fresh_token";
import { RequireAccount } from "./require_account";
import { TokenList, TokenListLoading } from "./token_list";
import { type CreatedToken, useTokens } from "./tokens";

export default function TokensPage() {
  return (
    <Page title="API tokens" width="narrow">
      <RequireAccount reason="API tokens belong to an account: a program that has one may do what you may do.">
        <Tokens />
      </RequireAccount>
    </Page>
  );
}

function Tokens() {
  const tokens = useTokens();
  const [creating, setCreating] = useState(false);
  const [fresh, setFresh] = useState<CreatedToken>();
  const create = (
    <Button look="primary" icon={Plus} onClick={() => setCreating(true)}>
      Create a token
    </Button>
  );
  const none = tokens.data?.tokens.length === 0;
  return (
    <>
      <PageHeading title="API tokens" actions={!none && create}>
        With a token a script or a program uses Sluice in your name, without your password.
      </PageHeading>
      {fresh && <FreshToken token={fresh} onDone={() => setFresh(undefined)} />}
      {tokens.isPending && <TokenListLoading />}
      {tokens.isError && !tokens.data && (
        <LoadingFailed heading="h2" error={tokens.error} onRetry={() => void tokens.refetch()} />
      )}
      {none && (
        <EmptyState icon={KeyRound} title="No tokens yet" heading="h2" actions={create}>
          Create one for each program: then each can be revoked by itself.
        </EmptyState>
      )}
      {tokens.data && !none && (
        <TokenList
          tokens={tokens.data.tokens}
          onRevoked={(id) => setFresh((shown) => (shown?.id === id ? undefined : shown))}
        />
      )}
      {creating && (
        <CreateTokenDialog
          onClose={() => setCreating(false)}
          onCreated={(token) => {
            setFresh(token);
            setCreating(false);
          }}
        />
      )}
    </>
  );
}
