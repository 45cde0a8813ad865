import { api } from "@milepost/backend/api";
import { STARTER_TYPES } from "@milepost/backend/rules/catalogue";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useQuery } from "convex/react";
import { ChevronRight, ListChecks, Plus } from "lucide-react";
import { Badge } from "../../../components/Badge";
import { Card, CardHeader } from "../../../components/Card";
import { PageHeader, usePageTitle } from "../../../components/Page";
import { Loading, SkeletonRows } from "../../../components/Skeleton";
import { EmptyState } from "../../../components/States";
import { cn } from "../../../lib/cn";
import { bonusWords, limitWords, scoringWords } from "../../../lib/ruleWords";
import { useChallenge, useSharedArgs } from "../../challenges/challengeContext";
import { RescoreProgress } from "./RescoreProgress";
import type { ActivityType } from "./RuleForm";

const route = getRouteApi("/c/$challengeId/organise/rules");

/** What can be logged and what it earns; the way to change it. */
export function RulesPage() {
  const types = useQuery(api.queries.activityTypes.list, useSharedArgs());
  const { job } = route.useSearch();
  usePageTitle("Rules");
  return (
    <>
      <PageHeader title="Rules">
        What people can log, and what it earns. Before a change is saved you see whom it would
        touch.
      </PageHeader>
      {job !== undefined && <RescoreProgress jobId={job} />}
      {types === undefined ? (
        <Loading label="Loading the rules">
          <SkeletonRows count={6} className="h-16" />
        </Loading>
      ) : (
        <>
          <TypeList types={types} />
          <AddCard types={types} />
        </>
      )}
    </>
  );
}

function TypeList({ types }: { types: ActivityType[] }) {
  if (types.length === 0) {
    return (
      <Card>
        <EmptyState icon={ListChecks} title="Nothing can be logged yet">
          Add the first activity below: a starter with sensible points, or one of your own.
        </EmptyState>
      </Card>
    );
  }
  const sorted = types.toSorted(
    (a, b) => Number(a.isRetired === true) - Number(b.isRetired === true),
  );
  return (
    <Card className="py-2 sm:py-3">
      <ul className="-mx-2 grid divide-y divide-line">
        {sorted.map((type) => (
          <TypeItem key={type.activityTypeId} type={type} />
        ))}
      </ul>
    </Card>
  );
}

function TypeItem({ type }: { type: ActivityType }) {
  const { challengeId } = useChallenge();
  const isRetired = type.isRetired === true;
  const details = [...bonusWords(type), ...limitWords(type)];
  return (
    <li>
      <Link
        to="/c/$challengeId/organise/rules/$activityTypeId"
        params={{ challengeId, activityTypeId: type.activityTypeId }}
        className="flex items-center gap-3 rounded-xl px-2 py-3.5 transition-colors hover:bg-sunken"
      >
        <span className={cn("grid min-w-0 flex-1 gap-0.5", isRetired && "text-ink-soft")}>
          <span className="flex flex-wrap items-center gap-2">
            <span className="font-bold">{type.name}</span>
            {type.category !== undefined && <Badge>{type.category}</Badge>}
            {isRetired && <Badge tone="flame">Retired</Badge>}
            {!type.contributesToStreak && <Badge>Not for the streak</Badge>}
          </span>
          <span>{scoringWords(type.scoring, type.isNegative)}</span>
          {details.length > 0 && (
            <span className="text-sm text-ink-soft">{details.join(" · ")}</span>
          )}
        </span>
        <ChevronRight className="size-5 shrink-0 text-ink-soft" aria-hidden />
      </Link>
    </li>
  );
}

function AddCard({ types }: { types: ActivityType[] }) {
  const { challengeId } = useChallenge();
  const names = new Set(types.map(({ name }) => name.toLowerCase()));
  const keys = new Set(types.map(({ catalogueKey }) => catalogueKey));
  const free = STARTER_TYPES.filter(
    ({ key, name }) => !keys.has(key) && !names.has(name.toLowerCase()),
  );
  const choices = [
    ...free.map(({ key, name, rule }) => ({
      from: key,
      name,
      words: scoringWords(rule.scoring, rule.isNegative),
    })),
    { from: undefined, name: "Something else", words: "With points of your own" },
  ];
  return (
    <Card>
      <CardHeader title="Add an activity" />
      <ul className="grid gap-2 sm:grid-cols-2">
        {choices.map(({ from, name, words }) => (
          <li key={name}>
            <Link
              to="/c/$challengeId/organise/rules/new"
              params={{ challengeId }}
              search={from === undefined ? {} : { from }}
              className="flex h-full min-h-14 items-center gap-3 rounded-xl border border-line px-3.5 py-2 transition-colors hover:border-accent"
            >
              <Plus className="size-5 shrink-0 text-accent" aria-hidden />
              <span className="grid">
                <span className="font-semibold">{name}</span>
                <span className="text-sm text-ink-soft">{words}</span>
              </span>
            </Link>
          </li>
        ))}
      </ul>
    </Card>
  );
}
