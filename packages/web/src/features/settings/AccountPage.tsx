import { useAuthActions } from "@convex-dev/auth/react";
import { useNavigate } from "@tanstack/react-router";
import { LogOut } from "lucide-react";
import { useViewer } from "../../app/context";
import { Button } from "../../components/Button";
import { Card, CardHeader } from "../../components/Card";
import { PageHeader, usePageTitle } from "../../components/Page";
import { DeleteAccount } from "./DeleteAccount";

/** Leaving: for now, or for good. */
export function AccountPage() {
  usePageTitle("Account");
  const viewer = useViewer();
  const { signOut } = useAuthActions();
  const navigate = useNavigate();

  async function leave(): Promise<void> {
    await signOut();
    await navigate({ to: "/" });
  }

  return (
    <>
      <PageHeader title="Account" />
      <Card>
        <CardHeader title="Sign out" />
        <p className="mb-4 text-sm text-ink-soft">
          On this device. Your points, drafts of this device included, are here when you come back.
        </p>
        <Button variant="secondary" onClick={() => void leave()}>
          <LogOut aria-hidden />
          Sign out
        </Button>
      </Card>
      {viewer !== null && <DeleteAccount name={viewer.displayName} />}
    </>
  );
}
