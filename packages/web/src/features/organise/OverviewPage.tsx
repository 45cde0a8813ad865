import { useToday } from "../../app/context";
import { PageHeader, usePageTitle } from "../../components/Page";
import { useChallenge } from "../challenges/challengeContext";
import { AnnouncementCard } from "./AnnouncementCard";
import { FirstSteps } from "./FirstSteps";
import { InviteCard } from "./InviteCard";
import { WaitingCard } from "./WaitingCard";

/** Where an organiser starts: what waits for them, what is left to set up, and the word to everybody. */
export function OverviewPage() {
  const { joinCode, isFinal, endsOn } = useChallenge();
  const hasEnded = useToday() > endsOn;
  usePageTitle("Organise");
  return (
    <>
      <PageHeader title="Organise">What waits for you, and how people come in.</PageHeader>
      {!hasEnded && <FirstSteps />}
      <WaitingCard />
      {joinCode !== undefined && !isFinal && <InviteCard joinCode={joinCode} />}
      {!isFinal && <AnnouncementCard />}
    </>
  );
}
