import { PageHeader, usePageTitle } from "../../components/Page";
import { useChallenge } from "../challenges/challengeContext";
import { InviteCard } from "./InviteCard";

/** Where an organiser starts: inviting people, and what waits for them. */
export function OverviewPage() {
  const { joinCode } = useChallenge();
  usePageTitle("Organise");
  return (
    <>
      <PageHeader title="Organise" />
      {joinCode !== undefined && <InviteCard joinCode={joinCode} />}
    </>
  );
}
