import { Link, useRouter, type ErrorComponentProps } from "@tanstack/react-router";
import { Compass, TriangleAlert } from "lucide-react";
import { Button } from "../components/Button";
import { Page, usePageTitle } from "../components/Page";
import { EmptyState } from "../components/States";
import { isCodeMissing, isNotFound, messageOf } from "../lib/refusals";

/** What a page shows when its data is refused or its code fails. Private and missing things look the same. */
export function RouteError({ error, reset }: ErrorComponentProps) {
  const router = useRouter();
  usePageTitle(isNotFound(error) ? "Not found" : "This page could not be shown");
  if (isNotFound(error)) return <NotFound />;

  function tryAgain(): void {
    // What did not come is not asked for twice by some browsers, and a newer version has it under another name.
    if (isCodeMissing(error)) location.reload();
    reset();
    void router.invalidate();
  }

  return (
    <Page narrow>
      <EmptyState
        icon={TriangleAlert}
        title="This page could not be shown"
        level={1}
        action={
          <>
            <Button onClick={tryAgain}>Try again</Button>
            <Button asChild variant="secondary">
              <Link to="/">Go home</Link>
            </Button>
          </>
        }
      >
        {messageOf(error)}
      </EmptyState>
    </Page>
  );
}

/** A page that does not exist, or that the viewer may not see: it never says which. */
export function NotFound() {
  usePageTitle("Not found");
  return (
    <Page narrow>
      <EmptyState
        icon={Compass}
        title="Nothing to see here"
        level={1}
        action={
          <Button asChild>
            <Link to="/">Go home</Link>
          </Button>
        }
      >
        The link may be wrong or no longer valid. If someone invited you to a private challenge,
        sign in with the account you joined with, or ask for the join link.
      </EmptyState>
    </Page>
  );
}
