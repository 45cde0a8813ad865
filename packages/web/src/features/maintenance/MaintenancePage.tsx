import { getRouteApi } from "@tanstack/react-router";
import { useState } from "react";
import { PageHeader, usePageTitle } from "../../components/Page";
import { HealthCard } from "./HealthCard";
import { JobHistory } from "./JobHistory";
import { JobPanel } from "./JobPanel";
import { OtherJobs } from "./OtherJobs";
import { useJobs } from "./useJobs";

const route = getRouteApi("/c/$challengeId/organise/maintenance");

/** Whether all totals agree with the activities, and setting right what does not. */
export function MaintenancePage() {
  usePageTitle("Maintenance");
  const { job } = route.useSearch();
  const jobs = useJobs();
  const active = jobs.active?.jobId;
  // What one watched does not vanish when it ends.
  const [watched, setWatched] = useState(active);
  if (active !== undefined && active !== watched) setWatched(active);
  const shown = job ?? active ?? watched;
  return (
    <>
      <PageHeader title="Maintenance">
        Every total is counted from the activities. Here you check that all of them agree, and set
        right what does not. People can go on logging meanwhile.
      </PageHeader>
      <HealthCard jobs={jobs} />
      {shown !== undefined && <JobPanel key={shown} jobId={shown} jobs={jobs} />}
      <OtherJobs jobs={jobs} />
      <JobHistory jobs={jobs} shown={shown} />
    </>
  );
}
