import { useLocation, useSearch } from "wouter";
import { accountPath } from "../account/next_path";
import { useSessionEnded } from "../api/session";
import { ButtonLink } from "../ui/button";
import { Notice } from "../ui/notice";
import styles from "./shell.module.css";

// Says that one is no longer signed in, where one didn't ask to be signed out.
export function SessionNotice() {
  const [path] = useLocation();
  const search = useSearch();
  const ended = useSessionEnded();
  if (!ended || path === "/login" || path === "/signup") return null;
  return (
    <div className={styles.notice}>
      <Notice kind="warning">
        <div className={styles.notice_row}>
          <span>You have been signed out: your session has ended.</span>
          <ButtonLink href={accountPath("/login", search ? `${path}?${search}` : path)}>Sign in again</ButtonLink>
        </div>
      </Notice>
    </div>
  );
}
