import { api } from "@milepost/backend/api";
import { STARTER_TYPES } from "@milepost/backend/rules/catalogue";
import type { Id } from "@milepost/backend/dataModel";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { useQuery } from "convex/react";
import { ArrowLeft } from "lucide-react";
import type { ReactNode } from "react";
import { toast } from "sonner";
import { NotFound } from "../../../app/RouteError";
import { PageHeader, usePageTitle } from "../../../components/Page";
import { Loading, SkeletonRows } from "../../../components/Skeleton";
import { useChallenge, useSharedArgs } from "../../challenges/challengeContext";
import { useOpened } from "../useOpened";
import { RetireCard } from "./RetireCard";
import { RuleForm, type ActivityType } from "./RuleForm";
import { BLANK, valuesOf } from "./ruleValues";
import { VersionsCard } from "./VersionsCard";

const editRoute = getRouteApi("/c/$challengeId/organise/rules/$activityTypeId");
const newRoute = getRouteApi("/c/$challengeId/organise/rules/new");

/** The categories in use, by name. */
export function categoriesOf(types: ReadonlyArray<Pick<ActivityType, "category">>): string[] {
  return [...new Set(types.flatMap(({ category }) => category ?? []))].sort();
}

/** After a save: back to the list, with the progress of the job that counts again. */
function useSaved(words: string) {
  const { challengeId } = useChallenge();
  const navigate = useNavigate();
  return (job: Id<"jobs"> | null): void => {
    toast.success(words);
    const search = job === null ? {} : { job };
    void navigate({ to: "/c/$challengeId/organise/rules", params: { challengeId }, search });
  };
}

/** Changes one activity type. */
export function EditRulePage() {
  const { activityTypeId } = editRoute.useParams();
  const types = useQuery(api.queries.activityTypes.list, useSharedArgs());
  const type = types?.find((one) => one.activityTypeId === activityTypeId);
  usePageTitle(type?.name ?? "Rule");
  if (types === undefined) return <FormSkeleton title="Rule" />;
  if (type === undefined) return <NotFound />;
  return (
    <>
      <RuleHeader title={type.name}>What it earns, and how often it counts.</RuleHeader>
      <EditForm key={activityTypeId} type={type} categories={categoriesOf(types)} />
      <VersionsCard type={type} />
      <RetireCard type={type} />
    </>
  );
}

function EditForm({ type, categories }: { type: ActivityType; categories: string[] }) {
  const { key, values, onReopen, saved } = useOpened(valuesOf(type));
  const goBack = useSaved("Rule saved");
  return (
    <RuleForm
      key={key}
      type={type}
      values={values}
      onReopen={onReopen}
      categories={categories}
      onSaved={(job) => {
        saved();
        goBack(job);
      }}
    />
  );
}

/** Adds an activity type, from the starter catalogue or from nothing. */
export function NewRulePage() {
  const { from } = newRoute.useSearch();
  const types = useQuery(api.queries.activityTypes.list, useSharedArgs());
  const starter = STARTER_TYPES.find(({ key }) => key === from);
  const onSaved = useSaved("Activity added");
  usePageTitle("Add an activity");
  if (types === undefined) return <FormSkeleton title="Add an activity" />;
  const isKeyFree = !types.some(({ catalogueKey }) => catalogueKey === starter?.key);
  return (
    <>
      <RuleHeader title="Add an activity">
        People can log it as soon as it is saved. You can change it later.
      </RuleHeader>
      <RuleForm
        key={from ?? "blank"}
        type={null}
        values={starter === undefined ? BLANK : valuesOf({ name: starter.name, ...starter.rule })}
        {...(starter !== undefined && isKeyFree ? { catalogueKey: starter.key } : {})}
        categories={categoriesOf(types)}
        onSaved={onSaved}
      />
    </>
  );
}

function RuleHeader({ title, children }: { title: string; children: ReactNode }) {
  const { challengeId } = useChallenge();
  return (
    <div className="grid gap-2">
      <Link
        to="/c/$challengeId/organise/rules"
        params={{ challengeId }}
        className="flex min-h-9 items-center gap-1.5 justify-self-start rounded-lg text-sm font-semibold text-ink-soft hover:text-ink"
      >
        <ArrowLeft className="size-4" aria-hidden />
        All rules
      </Link>
      <PageHeader title={title}>{children}</PageHeader>
    </div>
  );
}

function FormSkeleton({ title }: { title: string }) {
  return (
    <>
      <RuleHeader title={title}>Loading…</RuleHeader>
      <Loading label="Loading the rule">
        <SkeletonRows count={3} className="h-40 rounded-card" />
      </Loading>
    </>
  );
}
