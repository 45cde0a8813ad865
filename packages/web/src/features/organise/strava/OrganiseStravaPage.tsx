import { PageHeader, usePageTitle } from "../../../components/Page";
import { LateCard } from "./LateCard";
import { MappingsCard } from "./MappingsCard";
import { RescoreCard } from "./RescoreCard";
import { UnmappedCard } from "./UnmappedCard";

/** What organisers decide about activities that come from Strava and from archives. */
export function OrganiseStravaPage() {
  usePageTitle("Strava and imports");
  return (
    <>
      <PageHeader title="Strava and imports">
        What sports count as, and what came too late. Distances, times and points of other people’s
        Strava activities are theirs alone.
      </PageHeader>
      <UnmappedCard />
      <LateCard />
      <MappingsCard />
      <RescoreCard />
    </>
  );
}
