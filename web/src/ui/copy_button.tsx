import { Check, Copy } from "lucide-react";
import type { ComponentProps } from "react";
import { Button } from "./button";
import { useCopy } from "./use_copy";

export function CopyButton({
  text,
  label = "Copy",
  look = "plain",
}: {
  text: string;
  label?: string;
  look?: NonNullable<ComponentProps<typeof Button>["look"]>;
}) {
  const { copied, copy } = useCopy(text);
  return (
    <Button look={look} icon={copied ? Check : Copy} onClick={copy}>
      {label}
    </Button>
  );
}
