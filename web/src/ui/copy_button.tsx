import { Check, Copy } from "lucide-react";
import { useEffect, useState } from "react";
import { Button } from "./button";
import { copyText } from "./copy_text";
import { useToast } from "./toasts";

// Copies `text`; says so on itself, and to screen readers.
export function CopyButton({ text, label = "Copy" }: { text: string; label?: string }) {
  const [copied, setCopied] = useState(false);
  const toast = useToast();
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 2000);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = async () => {
    const done = await copyText(text);
    setCopied(done);
    toast(done ? "Copied" : "The browser did not allow copying. Select the text and copy it.");
  };
  return (
    <Button icon={copied ? Check : Copy} onClick={() => void copy()}>
      {label}
    </Button>
  );
}
