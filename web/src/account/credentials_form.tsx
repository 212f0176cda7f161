import { type SyntheticEvent, useEffect, useRef, useState } from "react";
import type { Schemas } from "../api/client";
import { Button } from "../ui/button";
import { Notice } from "../ui/notice";
import { PasswordField } from "../ui/password_field";
import { TextField } from "../ui/text_field";
import { checkCredentials, explainRefusal, type FormErrors, minPassword } from "./credentials";
import styles from "./credentials_form.module.css";

interface CredentialsFormProps {
  newAccount: boolean;
  submitLabel: string;
  submit: (credentials: Schemas["Credentials"]) => Promise<unknown>;
}

// The e-mail and password of signing in and signing up. What the caller does once signed in
// follows from the session.
export function CredentialsForm({ newAccount, submitLabel, submit }: CredentialsFormProps) {
  const [errors, setErrors] = useState<FormErrors>({});
  const [sending, setSending] = useState(false);
  const email = useRef<HTMLInputElement>(null);
  const password = useRef<HTMLInputElement>(null);
  useEffect(() => email.current?.focus(), []);

  const show = (found: FormErrors) => {
    setErrors(found);
    if (found.email) email.current?.focus();
    else if (found.password || found.form) password.current?.focus();
  };
  const send = async (event: SyntheticEvent) => {
    event.preventDefault();
    if (sending) return;
    const credentials = { email: email.current?.value.trim() ?? "", password: password.current?.value ?? "" };
    const wrong = checkCredentials(credentials.email, credentials.password, newAccount);
    if (wrong.email ?? wrong.password) return show(wrong);
    setErrors({});
    setSending(true);
    await submit(credentials).catch((error: unknown) => show(explainRefusal(error as Error)));
    setSending(false);
  };
  return (
    <form className={styles.form} onSubmit={(event) => void send(event)} noValidate>
      {errors.form && <Notice kind="danger">{errors.form}</Notice>}
      <TextField
        ref={email}
        label="E-mail"
        type="email"
        name="email"
        autoComplete="username"
        inputMode="email"
        autoCapitalize="none"
        spellCheck={false}
        required
        error={errors.email}
      />
      <PasswordField
        ref={password}
        label="Password"
        name="password"
        autoComplete={newAccount ? "new-password" : "current-password"}
        required
        hint={newAccount ? `At least ${minPassword} characters. A few words are easy to keep in mind.` : undefined}
        error={errors.password}
      />
      <Button type="submit" look="primary" disabled={sending}>
        {sending ? "One moment" : submitLabel}
      </Button>
    </form>
  );
}
