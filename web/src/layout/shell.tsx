// What every page has around it: the header with search, upload and account.
import { Upload } from "lucide-react";
import { type ReactNode, useRef } from "react";
import { Link, useLocation } from "wouter";
import { accountPath, safeNext } from "../account/next_path";
import { useUser } from "../api/session";
import { ButtonLink } from "../ui/button";
import { UploadIndicator } from "../upload/upload_indicator";
import { AccountMenu, ThemeMenu } from "./account_menu";
import { Logo } from "./logo";
import { NavigationFrame } from "./navigation";
import { SearchBox } from "./search_box";
import { SessionNotice } from "./session_notice";
import styles from "./shell.module.css";

export function Shell({ children }: { children: ReactNode }) {
  const content = useRef<HTMLElement>(null);
  return (
    <NavigationFrame content={content}>
      <a className={styles.skip} href="#content">
        To the content
      </a>
      <header className={styles.header}>
        <Link href="/" className={styles.home} aria-label="Sluice, to the library">
          <Logo />
          <span className={styles.name}>Sluice</span>
        </Link>
        <Places />
        <SearchBox />
        <Actions />
      </header>
      <main id="content" ref={content} tabIndex={-1} className={styles.content}>
        <SessionNotice />
        {children}
      </main>
    </NavigationFrame>
  );
}

function Places() {
  const [location] = useLocation();
  const user = useUser();
  const place = (href: string, name: string) => (
    <Link href={href} className={styles.place} aria-current={location === href ? "page" : undefined}>
      {name}
    </Link>
  );
  return (
    <nav className={styles.places} aria-label="Main">
      {place("/", "Library")}
      {user && place("/videos", "My videos")}
    </nav>
  );
}

function Actions() {
  const [location] = useLocation();
  const user = useUser();
  return (
    <div className={styles.actions}>
      <UploadIndicator />
      <ButtonLink href="/upload" look="primary" icon={Upload}>
        <span className={styles.wide}>Upload</span>
      </ButtonLink>
      {user === null && (
        <>
          <ButtonLink href={accountPath("/login", safeNext(location))}>Sign in</ButtonLink>
          <ThemeMenu />
        </>
      )}
      {user && <AccountMenu user={user} />}
    </div>
  );
}
