import { api } from "@milepost/backend/api";
import { Link } from "@tanstack/react-router";
import { useQuery } from "convex/react";
import { Plus } from "lucide-react";
import { useConfig, useViewer } from "../../app/context";
import { Button } from "../../components/Button";
import { Page, PageHeader, usePageTitle } from "../../components/Page";
import { Loading, SkeletonRows } from "../../components/Skeleton";
import { DemoAccounts } from "../auth/DemoAccounts";
import { JoinByCode } from "./JoinByCode";
import { MyChallenges } from "./MyChallenges";
import { PublicChallenges } from "./PublicChallenges";
import { Welcome } from "./Welcome";

export function HomePage() {
  const viewer = useViewer();
  const { demo } = useConfig();
  usePageTitle("");
  if (viewer === null) {
    return (
      <Page>
        <Welcome />
        <div className="grid gap-8 lg:grid-cols-2 lg:items-start">
          <PublicChallenges mine={[]} />
          {demo && <DemoAccounts />}
        </div>
      </Page>
    );
  }
  return (
    <Page>
      <div className="flex flex-wrap items-end justify-between gap-4">
        <PageHeader title={`Hello, ${viewer.displayName}`}>
          Here is where your challenges stand.
        </PageHeader>
        <Button asChild>
          <Link to="/new">
            <Plus aria-hidden />
            New challenge
          </Link>
        </Button>
      </div>
      <Challenges />
    </Page>
  );
}

/** Nothing stands below one's own challenges before they are there: it would jump. */
function Challenges() {
  const mine = useQuery(api.queries.challenges.mine, {});
  if (mine === undefined) {
    return (
      <Loading label="Loading your challenges">
        <SkeletonRows count={3} className="h-44 rounded-card" />
      </Loading>
    );
  }
  return (
    <>
      <MyChallenges challenges={mine} />
      <div className="grid gap-6 lg:grid-cols-[3fr_2fr] lg:items-start">
        <PublicChallenges mine={mine} />
        <JoinByCode />
      </div>
    </>
  );
}
