import { usePageTitle } from "../../components/Page";
import { isMember, useChallenge } from "./challengeContext";
import { DatesCard } from "./DatesCard";
import { LeaveButton } from "./LeaveButton";
import { PointsTable } from "./PointsTable";
import { RulesCard } from "./RulesCard";

/** The challenge's own page: what it is, when it runs, who is in it and how points are earned. */
export function AboutPage() {
  const challenge = useChallenge();
  usePageTitle(`About ${challenge.name}`);
  return (
    <>
      <h1 className="sr-only">About {challenge.name}</h1>
      {challenge.description !== "" && (
        <p className="max-w-2xl text-lg whitespace-pre-line">{challenge.description}</p>
      )}
      <DatesCard />
      <PointsTable />
      <RulesCard />
      {isMember(challenge) && <LeaveButton challenge={challenge} />}
    </>
  );
}
