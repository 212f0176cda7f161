import { KeyRound, LogOut, SquarePlay, SunMoon } from "lucide-react";
import { useLocation } from "wouter";
import type { User } from "../api/client";
import { useSignOut } from "../api/session";
import { IconButton } from "../ui/button";
import { Menu, MenuItem, MenuLabel, MenuLink, MenuSeparator } from "../ui/menu";
import { ThemeChoices } from "../ui/theme_choices";
import { useToast } from "../ui/toasts";
import styles from "./account_menu.module.css";

export function AccountMenu({ user }: { user: User }) {
  const [location] = useLocation();
  const toast = useToast();
  const signOut = useSignOut();
  const leave = () =>
    signOut.mutate(undefined, {
      onSuccess: () => toast("Signed out"),
      onError: (error) => toast(`You are still signed in: ${error.message}`),
    });
  return (
    <Menu
      label="Account"
      button={(props) => (
        <button
          type="button"
          className={styles.avatar}
          aria-label={`Account of ${user.email}`}
          title={user.email}
          {...props}
        >
          {user.email.slice(0, 1).toUpperCase()}
        </button>
      )}
    >
      <MenuLabel>{user.email}</MenuLabel>
      <MenuLink href="/videos" icon={SquarePlay} current={location === "/videos"}>
        My videos
      </MenuLink>
      <MenuLink href="/tokens" icon={KeyRound} current={location === "/tokens"}>
        API tokens
      </MenuLink>
      <MenuSeparator />
      <ThemeChoices />
      <MenuSeparator />
      <MenuItem icon={LogOut} onSelect={leave}>
        Sign out
      </MenuItem>
    </Menu>
  );
}

// For those who have no account menu to find it in.
export function ThemeMenu() {
  return (
    <Menu label="Theme" button={(props) => <IconButton label="Theme" icon={SunMoon} {...props} />}>
      <ThemeChoices />
    </Menu>
  );
}
