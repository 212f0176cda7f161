import { useEffect, useState } from "react";
import { copyText } from "./copy_text";
import { useToast } from "./toasts";

// For a button that copies `text`: says so by a toast, and `copied` is true for two seconds.
export function useCopy(text: string): { copied: boolean; copy: () => void } {
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
  return { copied, copy: () => void copy() };
}
