import { api } from "@milepost/backend/api";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useQuery } from "convex/react";
import { ListPlus } from "lucide-react";
import { useCallback, useEffect, useId, useRef, useState } from "react";
import { useForm, useWatch } from "react-hook-form";
import { useToday, useViewer } from "../../app/context";
import { Button } from "../../components/Button";
import { Card } from "../../components/Card";
import { FieldError } from "../../components/Field";
import { PageHeader, usePageTitle } from "../../components/Page";
import { Loading, Skeleton } from "../../components/Skeleton";
import { EmptyState } from "../../components/States";
import { choosableTypes } from "../../lib/choosableTypes";
import { useKept } from "../../lib/draft";
import type { Metrics } from "../../lib/metricWords";
import { newRequestId } from "../../lib/requestId";
import { useChallenge, useSharedArgs } from "../challenges/challengeContext";
import { MembersOnly } from "../challenges/MembersOnly";
import { fieldsOfRule, readMetrics, variantOf, type ActivityValues } from "./activityForm";
import {
  AmountFields,
  DayField,
  isBeyondWindow,
  NotesField,
  TypeField,
  type ActivityType,
} from "./ActivityFields";
import { findingsOf, type OwnDay } from "./dayHints";
import { BeforeSaving, useOwnDay } from "./BeforeSaving";
import { LoggingClosed } from "./LoggingClosed";
import { DraftDay } from "./DraftDay";
import { emptyDraft, readDraft, writeDraft, type Draft } from "./draft";
import { PreviewCard } from "./PreviewCard";
import { Refill } from "./Refill";
import { useLogWindow, type LogWindow } from "./useLogWindow";
import { useSaveLog } from "./useSaveLog";
import { SHOWN_LATER, usePreview, type Preview } from "./usePreview";

const route = getRouteApi("/c/$challengeId/log");

export function LogPage() {
  usePageTitle("Log an activity");
  const { isOpen } = useLogWindow();
  return (
    <MembersOnly>
      <div className="mx-auto grid w-full max-w-2xl gap-6">
        <PageHeader title="Log an activity">{isOpen ? <ImportInstead /> : undefined}</PageHeader>
        {isOpen ? <OpenLog /> : <LoggingClosed />}
      </div>
    </MembersOnly>
  );
}

function ImportInstead() {
  const { challengeId } = useChallenge();
  return (
    <>
      Recorded by Strava?{" "}
      <Link
        to="/c/$challengeId/import"
        params={{ challengeId }}
        className="font-semibold text-accent-ink underline underline-offset-3"
      >
        Import it instead
      </Link>
    </>
  );
}

function OpenLog() {
  const { again } = route.useSearch();
  return again === undefined ? <LogCard /> : <Refill activityId={again} />;
}

function LogCard() {
  const challenge = useChallenge();
  const all = useQuery(api.queries.activityTypes.list, useSharedArgs());
  const types = all && choosableTypes(all);
  const window = useLogWindow();
  const { defaultDay } = window;
  const viewer = useViewer();
  const owner = { challengeId: challenge.challengeId, userId: viewer?.userId ?? "" };
  const [draft, setDraft] = useState(() => readDraft(owner, defaultDay));
  const [isNext, setIsNext] = useState(false);

  if (types === undefined) {
    return (
      <Loading label="Loading the form">
        <Skeleton className="h-96 rounded-card" />
      </Loading>
    );
  }
  if (types.length === 0) return <NothingToLog />;

  function startAnew(activityTypeId: string): void {
    writeDraft(owner, null);
    setDraft(emptyDraft(defaultDay, activityTypeId));
    setIsNext(true);
  }

  function keepAsNew(values: ActivityValues): void {
    setDraft({ requestId: newRequestId(), values });
  }

  return (
    <LogForm
      // A new request id is a new form: nothing of the last one may linger.
      key={draft.requestId}
      draft={draft}
      takesFocus={isNext}
      types={types}
      window={window}
      keep={(kept) => writeDraft(owner, kept)}
      onSaved={startAnew}
      onConflict={keepAsNew}
    />
  );
}

function NothingToLog() {
  const { challengeId } = useChallenge();
  return (
    <Card>
      <EmptyState
        icon={ListPlus}
        title="Nothing to log yet"
        action={
          <Button asChild variant="secondary">
            <Link to="/c/$challengeId/about" params={{ challengeId }}>
              See the rules
            </Link>
          </Button>
        }
      >
        The organiser has not added any activity to this challenge.
      </EmptyState>
    </Card>
  );
}

interface LogFormProps {
  draft: Draft;
  /** It took the place of a form that was just saved, and the keyboard with it. */
  takesFocus: boolean;
  types: ActivityType[];
  window: LogWindow;
  keep: (draft: Draft) => void;
  onSaved: (activityTypeId: string) => void;
  /** The request id was used up by an earlier content of this form. */
  onConflict: (values: ActivityValues) => void;
}

function LogForm(props: LogFormProps) {
  const { draft, takesFocus, types, window, keep, onSaved, onConflict } = props;
  const previewId = useId();
  const element = useRef<HTMLFormElement>(null);
  const form = useForm<ActivityValues>({ defaultValues: draft.values });
  const values = useWatch({ control: form.control, compute: (typed: ActivityValues) => typed });
  const type = types.find(({ activityTypeId }) => activityTypeId === values.activityTypeId);
  const metrics =
    type === undefined ? null : readMetrics(fieldsOfRule(type, values.variant), values.amounts);
  const ownDay = useOwnDay(values.loggedDate);
  const { requestId } = draft;
  const isDoubtful = isDoubted(type, metrics, ownDay);
  const { save, problem } = useSaveLog({ requestId, type, window, isDoubtful });
  const preview = useLogPreview(values, { type, metrics, window });

  useKept(
    form,
    useCallback((typed) => keep({ requestId, values: typed }), [keep, requestId]),
  );

  useEffect(() => {
    if (takesFocus) element.current?.querySelector<HTMLElement>("input:checked")?.focus();
  }, [takesFocus]);

  async function submit(wish: ActivityValues): Promise<void> {
    const outcome = await save(wish);
    if (outcome === "saved") onSaved(wish.activityTypeId);
    if (outcome === "conflict") onConflict(wish);
  }

  return (
    <Card>
      <form
        ref={element}
        noValidate
        className="grid gap-6"
        onSubmit={(event) => void form.handleSubmit(submit)(event)}
      >
        <DraftDay form={form} defaultDay={window.defaultDay} />
        <TypeField form={form} types={types} />
        {type !== undefined && (
          <>
            <div className="grid gap-5 sm:grid-cols-2 sm:items-start">
              <AmountFields form={form} type={type} />
              <DayField form={form} window={window} />
            </div>
            <NotesField form={form} />
            <BeforeSaving type={type} day={values.loggedDate} ownDay={ownDay} metrics={metrics} />
            <PreviewCard preview={preview} id={previewId} />
            {problem !== null && <FieldError>{problem}</FieldError>}
            <Button
              type="submit"
              pending={form.formState.isSubmitting}
              aria-describedby={previewId}
              className="w-full sm:w-auto sm:justify-self-start"
            >
              Save activity
            </Button>
          </>
        )}
      </form>
    </Card>
  );
}

/** Whether organisers will be asked to look at what the form says. */
function isDoubted(
  type: ActivityType | undefined,
  metrics: Metrics | null,
  ownDay: OwnDay | undefined,
): boolean {
  if (type === undefined || metrics === null || ownDay === undefined) return false;
  return findingsOf(ownDay.rows, { ...type, metrics }).length > 0;
}

/** The preview of the form as it stands; a day only organisers may use has none before it is saved. */
function useLogPreview(
  { loggedDate, variant }: ActivityValues,
  {
    type,
    metrics,
    window,
  }: { type: ActivityType | undefined; metrics: Metrics | null; window: LogWindow },
): Preview {
  const { challengeId } = useChallenge();
  const today = useToday();
  const isComplete = type !== undefined && metrics !== null && loggedDate !== "";
  const isOrganisersDay = isBeyondWindow(loggedDate, window);
  const preview = usePreview(
    isComplete && !isOrganisersDay
      ? {
          challengeId,
          activityTypeId: type.activityTypeId,
          loggedDate,
          metrics,
          variant: variantOf(type, variant),
          today,
        }
      : null,
  );
  return isOrganisersDay ? SHOWN_LATER : preview;
}
