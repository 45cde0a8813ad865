import { Link, useLocation } from "@tanstack/react-router";
import { LogIn } from "lucide-react";
import { Button } from "../components/Button";
import { Page } from "../components/Page";
import { EmptyState } from "../components/States";

/** The two ways to become somebody here; both come back to the page they stand on. */
export function SignInButtons() {
  const { href } = useLocation();
  return (
    <>
      <Button asChild>
        <Link to="/sign-in" search={{ next: href }}>
          Sign in
        </Link>
      </Button>
      <Button asChild variant="secondary">
        <Link to="/sign-in" search={{ next: href, mode: "up" }}>
          Create an account
        </Link>
      </Button>
    </>
  );
}

/** In place of a page that needs a person; comes back to the same page after signing in. */
export function SignInFirst({ title }: { title: string }) {
  return (
    <Page narrow>
      <EmptyState icon={LogIn} title={title} level={1} action={<SignInButtons />}>
        You come straight back here, and nothing you typed is lost.
      </EmptyState>
    </Page>
  );
}
