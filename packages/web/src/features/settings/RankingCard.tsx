import { api } from "@milepost/backend/api";
import type { Id } from "@milepost/backend/dataModel";
import { Link } from "@tanstack/react-router";
import { useMutation, useQuery } from "convex/react";
import { useToday } from "../../app/context";
import { Card, CardHeader } from "../../components/Card";
import { Loading, SkeletonRows } from "../../components/Skeleton";
import { Switch } from "../../components/Switch";
import { formatDays } from "../../lib/format";
import { useDo } from "../../lib/useDo";

/** In which challenges the person stands on the boards. */
export function RankingCard() {
  const challenges = useQuery(api.queries.challenges.mine, {});
  return (
    <Card>
      <CardHeader title="Where you are ranked" />
      <p className="mb-3 text-sm text-ink-soft">
        Switched off, you take part as before: you log, your points and awards count for you and
        others can open your profile. You stand on no board and have no rank. You can come back at
        any time until the standings are final.
      </p>
      {challenges === undefined ? (
        <Loading label="Loading your challenges">
          <SkeletonRows count={2} />
        </Loading>
      ) : (
        <ul className="divide-y divide-line">
          {challenges.map(({ challengeId, name, startsOn, endsOn }) => (
            <li key={challengeId} className="py-3">
              <RankingSwitch
                challengeId={challengeId}
                name={name}
                days={formatDays(startsOn, endsOn)}
              />
            </li>
          ))}
        </ul>
      )}
      {challenges?.length === 0 && (
        <p>
          You are in no challenge yet.{" "}
          <Link to="/" className="font-semibold text-accent-ink underline underline-offset-4">
            Find one
          </Link>
        </p>
      )}
    </Card>
  );
}

interface RankingSwitchProps {
  challengeId: Id<"challenges">;
  name: string;
  days: string;
}

function RankingSwitch({ challengeId, name, days }: RankingSwitchProps) {
  const { ownRow } = api.queries.leaderboards;
  const place = { challengeId, today: useToday() };
  const own = useQuery(ownRow, place);
  const setRanked = useMutation(api.mutations.participations.setRanked).withOptimisticUpdate(
    (store, { ranked }) => {
      const row = store.getQuery(ownRow, place);
      if (row !== undefined && row !== null)
        store.setQuery(ownRow, place, { ...row, isRanked: ranked });
    },
  );
  const { run } = useDo();
  const change = (ranked: boolean): void =>
    run(
      () => setRanked({ challengeId, ranked }),
      ranked ? `You are ranked in ${name}.` : `You are on no board of ${name}.`,
    );

  return (
    <Switch
      label={<span className="break-words">{name}</span>}
      hint={days}
      isOn={own?.isRanked === true}
      isDisabled={own === undefined || own === null}
      onChange={change}
    />
  );
}
