import { Compass } from "lucide-react";
import { ButtonLink } from "../ui/button";
import { EmptyState } from "../ui/empty_state";
import { Page } from "./page";

export function NotFoundPage() {
  return (
    <Page title="Not found">
      <EmptyState icon={Compass} title="There is nothing here" actions={<ButtonLink href="/">To the library</ButtonLink>}>
        The address may be mistyped, or what was here has been removed.
      </EmptyState>
    </Page>
  );
}
