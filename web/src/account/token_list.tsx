import { useState } from "react";
import { Badge } from "../ui/badge";
import { Button } from "../ui/button";
import { Dialog } from "../ui/dialog";
import { formatAge, formatDate } from "../ui/format";
import { Notice } from "../ui/notice";
import { Skeleton } from "../ui/skeleton";
import { useToast } from "../ui/toasts";
import { type Token, useRevokeToken } from "./tokens";
import styles from "./tokens_page.module.css";

export function TokenList({ tokens, onRevoked }: { tokens: Token[]; onRevoked: (id: string) => void }) {
  const [revoking, setRevoking] = useState<Token>();
  return (
    <>
      <ul className={styles.list}>
        {tokens.map((token) => (
          <TokenRow key={token.id} token={token} onRevoke={() => setRevoking(token)} />
        ))}
      </ul>
      {revoking && <RevokeDialog token={revoking} onClose={() => setRevoking(undefined)} onRevoked={onRevoked} />}
    </>
  );
}

function TokenRow({ token, onRevoke }: { token: Token; onRevoke: () => void }) {
  return (
    <li className={styles.row}>
      <div className={styles.facts}>
        <h2 className={styles.name}>
          {token.name} {token.current && <Badge look="accent">In use here</Badge>}
        </h2>
        <p className={styles.soft}>
          <span>Created {formatAge(token.created_at)}</span>
          <span>{token.last_used_at ? `Last used ${formatAge(token.last_used_at)}` : "Never used"}</span>
          <span>{token.expires_at ? `Expires on ${formatDate(token.expires_at)}` : "Never expires"}</span>
        </p>
      </div>
      <Button onClick={onRevoke} aria-label={`Revoke ${token.name}`}>
        Revoke
      </Button>
    </li>
  );
}

export function TokenListLoading() {
  return (
    <div className={styles.list} role="status" aria-label="Loading">
      {[0, 1, 2].map((row) => (
        <div key={row} className={styles.row}>
          <div className={styles.facts}>
            <Skeleton width="12em" />
            <Skeleton width="24em" />
          </div>
        </div>
      ))}
    </div>
  );
}

function RevokeDialog({
  token,
  onClose,
  onRevoked,
}: {
  token: Token;
  onClose: () => void;
  onRevoked: (id: string) => void;
}) {
  const revoke = useRevokeToken();
  const toast = useToast();
  const send = () =>
    revoke.mutate(token.id, {
      onSuccess: () => {
        toast(`“${token.name}” is revoked`);
        onRevoked(token.id);
        onClose();
      },
    });
  return (
    <Dialog
      title={`Revoke “${token.name}”?`}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="danger" disabled={revoke.isPending} onClick={send}>
            Revoke token
          </Button>
        </>
      }
    >
      {revoke.isError && <Notice kind="danger">{revoke.error.message}</Notice>}
      <p>Whatever uses this token is locked out at once. That can’t be undone.</p>
    </Dialog>
  );
}
