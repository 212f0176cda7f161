import { CloudOff, RotateCw } from "lucide-react";
import { ApiError } from "../api/client";
import { Button } from "./button";
import { EmptyState } from "./empty_state";

// In place of what could not be read: what went wrong, and "Try again".
export function LoadingFailed({
  title = "This could not be loaded",
  heading,
  error,
  onRetry,
}: {
  title?: string;
  heading?: "h1" | "h2";
  error: Error;
  onRetry: () => void;
}) {
  return (
    <div role="alert">
      <EmptyState
        icon={CloudOff}
        title={title}
        {...(heading && { heading })}
        actions={
          <Button look="primary" icon={RotateCw} onClick={onRetry}>
            Try again
          </Button>
        }
      >
        {error instanceof ApiError ? error.message : "Something unexpected happened on this page."}
      </EmptyState>
    </div>
  );
}
