// What every page has around it: the header with search, upload and account.
import { KeyRound, LogOut, Search, SquarePlay, Upload } from "lucide-react";
import { type FormEvent, type ReactNode, useEffect, useRef, useState } from "react";
import { Link, useLocation, useSearchParams } from "wouter";
import type { User } from "../api/client";
import { useSignOut, useUser } from "../api/session";
import { ButtonLink } from "../ui/button";
import { Logo } from "./logo";
import styles from "./shell.module.css";

export function Shell({ children }: { children: ReactNode }) {
  const user = useUser();
  return (
    <>
      <a className={styles.skip} href="#content">
        To the content
      </a>
      <header className={styles.header}>
        <Link href="/" className={styles.home} aria-label="Sluice, to the library">
          <Logo />
          <span className={styles.name}>Sluice</span>
        </Link>
        <SearchBox />
        <nav className={styles.actions} aria-label="Main">
          <ButtonLink href="/upload" look="primary" icon={Upload}>
            <span className={styles.wide}>Upload</span>
          </ButtonLink>
          {user === null && <ButtonLink href="/login">Sign in</ButtonLink>}
          {user && <AccountMenu user={user} />}
        </nav>
      </header>
      <main id="content" tabIndex={-1} className={styles.content}>
        {children}
      </main>
    </>
  );
}

function SearchBox() {
  const [location, navigate] = useLocation();
  const [parameters] = useSearchParams();
  const asked = parameters.get("q") ?? "";
  const [text, setText] = useState(asked);
  const [askedBefore, setAskedBefore] = useState(asked);
  if (asked !== askedBefore) {
    setAskedBefore(asked);
    setText(asked);
  }
  const search = (event: FormEvent) => {
    event.preventDefault();
    const page = location === "/videos" ? "/videos" : "/";
    navigate(text.trim() ? `${page}?q=${encodeURIComponent(text.trim())}` : page);
  };
  return (
    <form role="search" className={styles.search} onSubmit={search}>
      <Search size={18} aria-hidden />
      <input
        type="search"
        name="q"
        aria-label="Search in titles"
        placeholder="Search"
        autoComplete="off"
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
    </form>
  );
}

function AccountMenu({ user }: { user: User }) {
  const [location] = useLocation();
  const menu = useRef<HTMLDetailsElement>(null);
  const signOut = useSignOut();
  const close = () => menu.current?.removeAttribute("open");
  useEffect(close, [location]);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== "Escape" || !menu.current?.open) return;
      close();
      menu.current.querySelector("summary")?.focus();
    };
    const onPointer = (event: PointerEvent) => {
      if (event.target instanceof Node && !menu.current?.contains(event.target)) close();
    };
    document.addEventListener("keydown", onKey);
    document.addEventListener("pointerdown", onPointer);
    return () => {
      document.removeEventListener("keydown", onKey);
      document.removeEventListener("pointerdown", onPointer);
    };
  }, []);
  return (
    <details ref={menu} className={styles.account}>
      <summary aria-label={`Account of ${user.email}`} title={user.email}>
        <span className={styles.avatar} aria-hidden>
          {user.email.slice(0, 1).toUpperCase()}
        </span>
      </summary>
      <div className={styles.menu}>
        <p className={styles.email}>{user.email}</p>
        <Link href="/videos">
          <SquarePlay size={18} aria-hidden />
          My videos
        </Link>
        <Link href="/tokens">
          <KeyRound size={18} aria-hidden />
          API tokens
        </Link>
        <button type="button" onClick={() => signOut.mutate(undefined)}>
          <LogOut size={18} aria-hidden />
          Sign out
        </button>
      </div>
    </details>
  );
}
