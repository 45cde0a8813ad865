import { api } from "@milepost/backend/api";
import { Link } from "@tanstack/react-router";
import type { FunctionReturnType } from "convex/server";
import { useMutation, useQuery } from "convex/react";
import { Award, ChevronRight, LoaderCircle, RotateCw } from "lucide-react";
import { Badge } from "../../../components/Badge";
import { Button } from "../../../components/Button";
import { Card } from "../../../components/Card";
import { PageHeader, usePageTitle } from "../../../components/Page";
import { Loading, SkeletonRows } from "../../../components/Skeleton";
import { EmptyState, Notice } from "../../../components/States";
import { formatCount, formatSigned } from "../../../lib/format";
import { useDo } from "../../../lib/useDo";
import {
  criteriaWords,
  frequencyWords,
  type Achievement,
  type NameOf,
} from "../../awards/awardWords";
import { NewLink } from "../../awards/NewLink";
import { useTypeNames } from "../../awards/useTypeNames";
import { useChallenge, useSharedArgs } from "../../challenges/challengeContext";
import { evaluationWords } from "./evaluationWords";

type Evaluation = FunctionReturnType<typeof api.queries.achievements.evaluations>[number];

/** The achievements of a challenge for its organisers, with how far the giving of awards is. */
export function AchievementsPage() {
  const { challengeId } = useChallenge();
  const achievements = useQuery(api.queries.achievements.list, useSharedArgs());
  const evaluations = useQuery(api.queries.achievements.evaluations, { challengeId });
  const nameOf = useTypeNames();
  usePageTitle("Achievements");
  const isLoading = achievements === undefined || evaluations === undefined || nameOf === undefined;
  return (
    <>
      <div className="flex flex-wrap items-end justify-between gap-4">
        <PageHeader title="Achievements">Extra points for what people reach.</PageHeader>
        <NewLink to="achievements">Add an achievement</NewLink>
      </div>
      {isLoading ? (
        <Loading label="Loading the achievements">
          <SkeletonRows count={4} className="h-20" />
        </Loading>
      ) : (
        <AchievementList achievements={achievements} evaluations={evaluations} nameOf={nameOf} />
      )}
    </>
  );
}

interface AchievementListProps {
  achievements: Achievement[];
  evaluations: Evaluation[];
  nameOf: NameOf;
}

function AchievementList({ achievements, evaluations, nameOf }: AchievementListProps) {
  if (achievements.length === 0) {
    return (
      <Card>
        <EmptyState icon={Award} title="No achievements yet">
          Reward what you want to see: a first 10 km, three sports in a week, 100 km altogether.
          Before you save one you see who would earn it.
        </EmptyState>
      </Card>
    );
  }
  const sorted = achievements.toSorted((a, b) => Number(a.isArchived) - Number(b.isArchived));
  return (
    <Card className="py-2 sm:py-3">
      <ul className="-mx-2 divide-y divide-line">
        {sorted.map((achievement) => (
          <li key={achievement.achievementId} className="grid gap-2 pb-1">
            <AchievementLink achievement={achievement} nameOf={nameOf} />
            <EvaluationNotice
              achievement={achievement}
              evaluation={evaluations.find(
                ({ achievementId }) => achievementId === achievement.achievementId,
              )}
            />
          </li>
        ))}
      </ul>
    </Card>
  );
}

function AchievementLink({ achievement, nameOf }: { achievement: Achievement; nameOf: NameOf }) {
  const { challengeId } = useChallenge();
  const { achievementId, name, criteria, frequency, points, isArchived } = achievement;
  return (
    <Link
      to="/c/$challengeId/organise/achievements/$achievementId"
      params={{ challengeId, achievementId }}
      className="flex items-center gap-3 rounded-xl px-2 py-3.5 transition-colors hover:bg-sunken"
    >
      <span className="grid min-w-0 flex-1 gap-0.5">
        <span className="flex flex-wrap items-center gap-2">
          <span className="font-bold">{name}</span>
          {isArchived && <Badge>Archived</Badge>}
        </span>
        <span className="text-sm text-ink-soft">
          {criteriaWords(criteria, nameOf)} {frequencyWords(frequency)}.
        </span>
      </span>
      <span className="font-bold tabular-nums">{formatSigned(points)}</span>
      <ChevronRight className="size-5 shrink-0 text-ink-soft" aria-hidden />
    </Link>
  );
}

interface EvaluationNoticeProps {
  achievement: Achievement;
  evaluation: Evaluation | undefined;
}

/** How far the giving of awards is, while it runs or when it stopped. */
function EvaluationNotice({ achievement, evaluation }: EvaluationNoticeProps) {
  const update = useMutation(api.mutations.achievements.update);
  const { isPending, run } = useDo();
  if (evaluation === undefined || evaluation.status === "done") return null;
  const { achievementId } = achievement;
  if (evaluation.status === "running") {
    return (
      <output className="flex items-center gap-2 px-2 pb-3 text-sm text-ink-soft tabular-nums">
        <LoaderCircle className="size-4 animate-spin" aria-hidden />
        {evaluationWords(evaluation)}
      </output>
    );
  }
  return (
    <div className="px-2 pb-3">
      <Notice tone="warning" icon={RotateCw}>
        <p>
          {evaluationWords(evaluation)} Until then:{" "}
          {formatCount(evaluation.processed, "person", "people")}.
        </p>
        {!achievement.isArchived && (
          <Button
            variant="secondary"
            size="sm"
            className="mt-2"
            pending={isPending}
            onClick={() =>
              run(() => update({ achievementId, reevaluate: true }), "Everybody is looked at again")
            }
          >
            Give awards again
          </Button>
        )}
      </Notice>
    </div>
  );
}
