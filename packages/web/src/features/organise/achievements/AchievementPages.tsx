import { api } from "@milepost/backend/api";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { useMutation, useQuery } from "convex/react";
import { Archive, ArrowLeft } from "lucide-react";
import type { ReactNode } from "react";
import { toast } from "sonner";
import { NotFound } from "../../../app/RouteError";
import { Button } from "../../../components/Button";
import { Card, CardHeader } from "../../../components/Card";
import { ConfirmDialog } from "../../../components/ConfirmDialog";
import { PageHeader, usePageTitle } from "../../../components/Page";
import { Loading, SkeletonRows } from "../../../components/Skeleton";
import { Notice } from "../../../components/States";
import { useDo } from "../../../lib/useDo";
import type { Achievement } from "../../awards/awardWords";
import { useChallenge, useSharedArgs } from "../../challenges/challengeContext";
import type { ActivityType } from "../rules/RuleForm";
import { useOpened } from "../useOpened";
import { AchievementForm } from "./AchievementForm";
import { BLANK, valuesOf } from "./achievementValues";

const editRoute = getRouteApi("/c/$challengeId/organise/achievements/$achievementId");

function useSaved(words: string) {
  const { challengeId } = useChallenge();
  const navigate = useNavigate();
  return (): void => {
    toast.success(words);
    void navigate({ to: "/c/$challengeId/organise/achievements", params: { challengeId } });
  };
}

/** Adds an achievement. */
export function NewAchievementPage() {
  const types = useQuery(api.queries.activityTypes.list, useSharedArgs());
  const onSaved = useSaved("Achievement added. Awards are being given.");
  usePageTitle("Add an achievement");
  return (
    <>
      <AchievementHeader title="Add an achievement">
        Before it is saved you see who would earn it.
      </AchievementHeader>
      {types === undefined ? (
        <FormSkeleton />
      ) : (
        <AchievementForm achievement={null} values={BLANK} types={types} onSaved={onSaved} />
      )}
    </>
  );
}

/** Changes or archives an achievement. */
export function EditAchievementPage() {
  const { achievementId } = editRoute.useParams();
  const shared = useSharedArgs();
  const types = useQuery(api.queries.activityTypes.list, shared);
  const achievements = useQuery(api.queries.achievements.list, shared);
  const achievement = achievements?.find((one) => one.achievementId === achievementId);
  usePageTitle(achievement?.name ?? "Achievement");
  if (types === undefined || achievements === undefined) {
    return (
      <>
        <AchievementHeader title="Achievement" />
        <FormSkeleton />
      </>
    );
  }
  if (achievement === undefined) return <NotFound />;
  return (
    <>
      <AchievementHeader title={achievement.name} />
      {achievement.isArchived ? (
        <Notice icon={Archive}>
          It is archived: nobody earns it any more. Awards that were given stay, as long as the
          activities behind them do.
        </Notice>
      ) : (
        <>
          <EditForm key={achievementId} achievement={achievement} types={types} />
          <ArchiveCard achievement={achievement} />
        </>
      )}
    </>
  );
}

function EditForm({ achievement, types }: { achievement: Achievement; types: ActivityType[] }) {
  const { key, values, onReopen, saved } = useOpened(valuesOf(achievement));
  const goBack = useSaved("Achievement saved");
  return (
    <AchievementForm
      key={key}
      achievement={achievement}
      values={values}
      onReopen={onReopen}
      types={types}
      onSaved={() => {
        saved();
        goBack();
      }}
    />
  );
}

function ArchiveCard({ achievement: { achievementId, name } }: { achievement: Achievement }) {
  const archive = useMutation(api.mutations.achievements.archive);
  const { isPending, run } = useDo();
  return (
    <Card className="grid gap-3 *:first:mb-0">
      <CardHeader title="Archive this achievement" />
      <p className="text-sm text-ink-soft">
        When nobody should earn it any more. Points that were given stay.
      </p>
      <ConfirmDialog
        trigger={
          <Button variant="secondary" className="justify-self-start" pending={isPending}>
            <Archive aria-hidden />
            Archive {name}
          </Button>
        }
        title={`Archive ${name}?`}
        confirm="Archive"
        onConfirm={() => run(() => archive({ achievementId }), `${name} is archived`)}
      >
        Nobody earns it from now on, and it cannot be brought back. Awards that were given keep
        their points, as long as the activities behind them are not changed or deleted.
      </ConfirmDialog>
    </Card>
  );
}

function AchievementHeader({ title, children }: { title: string; children?: ReactNode }) {
  const { challengeId } = useChallenge();
  return (
    <div className="grid gap-2">
      <Link
        to="/c/$challengeId/organise/achievements"
        params={{ challengeId }}
        className="flex min-h-9 items-center gap-1.5 justify-self-start rounded-lg text-sm font-semibold text-ink-soft hover:text-ink"
      >
        <ArrowLeft className="size-4" aria-hidden />
        All achievements
      </Link>
      <PageHeader title={title}>{children}</PageHeader>
    </div>
  );
}

function FormSkeleton() {
  return (
    <Loading label="Loading the form">
      <SkeletonRows count={3} className="h-40 rounded-card" />
    </Loading>
  );
}
