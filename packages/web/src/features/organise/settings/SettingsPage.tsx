import type { Id } from "@milepost/backend/dataModel";
import { Lock } from "lucide-react";
import { useState } from "react";
import { PageHeader, usePageTitle } from "../../../components/Page";
import { Notice } from "../../../components/States";
import { useChallenge } from "../../challenges/challengeContext";
import { InviteCard } from "../InviteCard";
import { RescoreProgress } from "../rules/RescoreProgress";
import { DeleteCard } from "./DeleteCard";
import { ExportCard } from "./ExportCard";
import { FinalCard } from "./FinalCard";
import { SettingsForm } from "./SettingsForm";

/** What an organiser decides about the challenge as a whole, up to its end. */
export function SettingsPage() {
  const { isFinal, joinCode } = useChallenge();
  const [jobId, setJobId] = useState<Id<"jobs"> | null>(null);
  usePageTitle("Challenge settings");
  return (
    <>
      <PageHeader title="Challenge settings">
        Name, late entries and streaks; the end, exports and deletion.
      </PageHeader>
      {jobId !== null && <RescoreProgress jobId={jobId} />}
      {isFinal ? (
        <Notice icon={Lock}>
          The standings are final, so the settings cannot change any more.
        </Notice>
      ) : (
        <SettingsForm onCountedAgain={setJobId} />
      )}
      {joinCode !== undefined && !isFinal && <InviteCard joinCode={joinCode} />}
      <FinalCard />
      <ExportCard />
      <DeleteCard />
    </>
  );
}
