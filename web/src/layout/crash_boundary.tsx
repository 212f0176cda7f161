import { Bug } from "lucide-react";
import { Component, type ReactNode } from "react";
import { Button } from "../ui/button";
import { EmptyState } from "../ui/empty_state";

// A bug in a page, or a page's code that can't be loaded any more because the server has a newer
// version: the header stays, and loading again mends both.
export class CrashBoundary extends Component<{ children: ReactNode }, { crashed: boolean }> {
  override state = { crashed: false };

  static getDerivedStateFromError() {
    return { crashed: true };
  }

  override render() {
    if (!this.state.crashed) return this.props.children;
    return (
      <EmptyState
        icon={Bug}
        title="This page stopped working"
        actions={
          <Button look="primary" onClick={() => window.location.reload()}>
            Load the page again
          </Button>
        }
      >
        Nothing is lost on the server. If it happens again, tell the people who run it.
      </EmptyState>
    );
  }
}
