import { type SyntheticEvent, useId, useState } from "react";
import { Button } from "../ui/button";
import { Dialog } from "../ui/dialog";
import { Notice } from "../ui/notice";
import { SelectField } from "../ui/select_field";
import { TextField } from "../ui/text_field";
import { type CreatedToken, useCreateToken } from "./tokens";
import styles from "./tokens_page.module.css";

const lifetimes = [
  { days: 30, name: "In 30 days" },
  { days: 90, name: "In 90 days" },
  { days: 365, name: "In a year" },
  { days: null, name: "Never" },
];

export function CreateTokenDialog({
  onClose,
  onCreated,
}: {
  onClose: () => void;
  onCreated: (token: CreatedToken) => void;
}) {
  const form = useId();
  const [name, setName] = useState("");
  const [lifetime, setLifetime] = useState("90");
  const [nameMissing, setNameMissing] = useState(false);
  const create = useCreateToken();
  const send = (event: SyntheticEvent) => {
    event.preventDefault();
    setNameMissing(!name.trim());
    if (!name.trim() || create.isPending) return;
    create.mutate(
      { name: name.trim(), expires_in_days: lifetime ? Number(lifetime) : null },
      { onSuccess: onCreated },
    );
  };
  return (
    <Dialog
      title="Create an API token"
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form={form} look="primary" disabled={create.isPending}>
            Create token
          </Button>
        </>
      }
    >
      <form id={form} className={styles.form} onSubmit={send} noValidate>
        {create.isError && <Notice kind="danger">{create.error.message}</Notice>}
        <TextField
          label="Name"
          hint="What uses it, such as “Backup script”."
          maxLength={100}
          autoComplete="off"
          required
          value={name}
          error={nameMissing ? "Give it a name, so that you know later what it is for." : undefined}
          onChange={(event) => setName(event.target.value)}
        />
        <SelectField label="Expires" value={lifetime} onChange={(event) => setLifetime(event.target.value)}>
          {lifetimes.map(({ days, name: text }) => (
            <option key={text} value={days ?? ""}>
              {text}
            </option>
          ))}
        </SelectField>
      </form>
    </Dialog>
  );
}
