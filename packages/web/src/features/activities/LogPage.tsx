import { api } from "@milepost/backend/api";
import { refusalOf } from "@milepost/backend/errors";
import { Link } from "@tanstack/react-router";
import { useMutation, useQuery } from "convex/react";
import { CalendarX, ListPlus } from "lucide-react";
import { useEffect, useId, useState } from "react";
import { useForm, useWatch } from "react-hook-form";
import { toast } from "sonner";
import { useToday, useViewer } from "../../app/context";
import { Button } from "../../components/Button";
import { Card } from "../../components/Card";
import { FieldError } from "../../components/Field";
import { PageHeader, usePageTitle } from "../../components/Page";
import { Loading, Skeleton } from "../../components/Skeleton";
import { EmptyState } from "../../components/States";
import { formatPoints } from "../../lib/format";
import { messageOf } from "../../lib/refusals";
import { persistently } from "../../lib/persistently";
import { newRequestId } from "../../lib/requestId";
import { isOrganiser, useChallenge, useSharedArgs } from "../challenges/challengeContext";
import { MembersOnly } from "../challenges/MembersOnly";
import { metricsOfRule, readMetrics, variantOf, type ActivityValues } from "./activityForm";
import {
  AmountFields,
  DayField,
  isBeyondWindow,
  NotesField,
  TypeField,
  type ActivityType,
} from "./ActivityFields";
import { emptyDraft, readDraft, writeDraft, type Draft } from "./draft";
import { PreviewCard } from "./PreviewCard";
import { useLogWindow, type LogWindow } from "./useLogWindow";
import { SHOWN_LATER, usePreview, type Preview } from "./usePreview";

export function LogPage() {
  usePageTitle("Log an activity");
  return (
    <MembersOnly>
      <div className="mx-auto grid w-full max-w-2xl gap-6">
        <PageHeader title="Log an activity" />
        <LogCard />
      </div>
    </MembersOnly>
  );
}

function LogCard() {
  const challenge = useChallenge();
  const all = useQuery(api.queries.activityTypes.list, useSharedArgs());
  const types = all?.filter(({ isRetired }) => isRetired !== true);
  const window = useLogWindow();
  const viewer = useViewer();
  const today = useToday();
  const owner = { challengeId: challenge.challengeId, userId: viewer?.userId ?? "" };
  const defaultDay = today < window.latest ? today : window.latest;
  const [draft, setDraft] = useState(() => readDraft(owner, defaultDay));

  if (types === undefined) {
    return (
      <Loading label="Loading the form">
        <Skeleton className="h-96 rounded-card" />
      </Loading>
    );
  }
  if (types.length === 0 || !window.isOpen) return <NothingToLog hasTypes={types.length > 0} />;

  function startAnew(activityTypeId: string): void {
    writeDraft(owner, null);
    setDraft(emptyDraft(defaultDay, activityTypeId));
  }

  function keepAsNew(values: ActivityValues): void {
    setDraft({ requestId: newRequestId(), values });
  }

  return (
    <LogForm
      // A new request id is a new form: nothing of the last one may linger.
      key={draft.requestId}
      draft={draft}
      types={types}
      window={window}
      keep={(kept) => writeDraft(owner, kept)}
      onSaved={startAnew}
      onConflict={keepAsNew}
    />
  );
}

function NothingToLog({ hasTypes }: { hasTypes: boolean }) {
  const challenge = useChallenge();
  const { words } = useLogWindow();
  const text = challenge.isFinal ? "The standings are final." : words;
  return (
    <Card>
      <EmptyState
        icon={hasTypes ? CalendarX : ListPlus}
        title={hasTypes ? "Logging is closed" : "Nothing to log yet"}
        action={
          <Button asChild variant="secondary">
            <Link to="/c/$challengeId/about" params={{ challengeId: challenge.challengeId }}>
              See the rules
            </Link>
          </Button>
        }
      >
        {hasTypes ? text : "The organiser has not added any activity to this challenge."}
      </EmptyState>
    </Card>
  );
}

interface LogFormProps {
  draft: Draft;
  types: ActivityType[];
  window: LogWindow;
  keep: (draft: Draft) => void;
  onSaved: (activityTypeId: string) => void;
  /** The request id was used up by an earlier content of this form. */
  onConflict: (values: ActivityValues) => void;
}

function LogForm({ draft, types, window, keep, onSaved, onConflict }: LogFormProps) {
  const previewId = useId();
  const form = useForm<ActivityValues>({ defaultValues: draft.values });
  const values = useWatch({ control: form.control, compute: (typed: ActivityValues) => typed });
  const type = types.find(({ activityTypeId }) => activityTypeId === values.activityTypeId);
  const { save, problem } = useSave(draft.requestId, type, window);
  const preview = useLogPreview(values, type, window);

  useEffect(() => {
    const { requestId } = draft;
    return form.subscribe({
      formState: { values: true },
      callback: ({ values: typed }) => keep({ requestId, values: typed }),
    });
  }, [form, keep, draft]);

  async function submit(wish: ActivityValues): Promise<void> {
    const outcome = await save(wish);
    if (outcome === "saved") onSaved(wish.activityTypeId);
    if (outcome === "conflict") onConflict(wish);
  }

  return (
    <Card>
      <form
        noValidate
        className="grid gap-6"
        onSubmit={(event) => void form.handleSubmit(submit)(event)}
      >
        <TypeField form={form} types={types} />
        {type !== undefined && (
          <>
            <div className="grid gap-5 sm:grid-cols-2 sm:items-start">
              <AmountFields form={form} type={type} />
              <DayField form={form} window={window} />
            </div>
            <NotesField form={form} />
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

/** The preview of the form as it stands; a day only organisers may use has none before it is saved. */
function useLogPreview(
  values: ActivityValues,
  type: ActivityType | undefined,
  window: LogWindow,
): Preview {
  const { challengeId } = useChallenge();
  const today = useToday();
  const { loggedDate, amounts } = values;
  const names = type === undefined ? [] : metricsOfRule(type, values.variant);
  const metrics = readMetrics(names, amounts);
  const isComplete = type !== undefined && metrics !== null && loggedDate !== "";
  const isOrganisersDay = isBeyondWindow(loggedDate, window);
  const preview = usePreview(
    isComplete && !isOrganisersDay
      ? {
          challengeId,
          activityTypeId: type.activityTypeId,
          loggedDate,
          metrics,
          variant: variantOf(type, values.variant),
          today,
        }
      : null,
  );
  return isOrganisersDay ? SHOWN_LATER : preview;
}

/** Saves the form once; what went wrong is kept as words beside it. */
function useSave(requestId: string, type: ActivityType | undefined, window: LogWindow) {
  const challenge = useChallenge();
  const { challengeId } = challenge;
  const log = useMutation(api.mutations.activities.log);
  const remove = useMutation(api.mutations.activities.remove);
  const [problem, setProblem] = useState<string | null>(null);

  async function undo(activityId: Parameters<typeof remove>[0]["activityId"]): Promise<void> {
    try {
      const requestId = newRequestId();
      const { totalPoints } = await persistently(() => remove({ activityId, requestId }));
      toast.success("Taken back", { description: `You have ${formatPoints(totalPoints)}.` });
    } catch (error) {
      toast.error(messageOf(error));
    }
  }

  async function save({
    amounts,
    variant,
    loggedDate,
    notes,
    reason,
  }: ActivityValues): Promise<"saved" | "refused" | "conflict"> {
    if (type === undefined) return "refused";
    const metrics = readMetrics(metricsOfRule(type, variant), amounts);
    if (metrics === null) return "refused";
    const asOrganiser = isOrganiser(challenge) && isBeyondWindow(loggedDate, window);
    setProblem(null);
    try {
      const { activityTypeId } = type;
      const deed = {
        challengeId,
        activityTypeId,
        loggedDate,
        metrics,
        variant: variantOf(type, variant),
        requestId,
        ...(notes.trim() === "" ? {} : { notes }),
        ...(asOrganiser ? { reason } : {}),
      };
      const saved = await persistently(() => log(deed));
      const isRepeat = saved.status === "exists";
      toast.success(
        isRepeat ? "Already saved" : `${type.name}: ${formatPoints(saved.pointsEarned)}`,
        {
          description: `You have ${formatPoints(saved.totalPoints)}.`,
          action: { label: "Undo", onClick: () => void undo(saved.activityId) },
        },
      );
      return "saved";
    } catch (error) {
      if (refusalOf(error)?.code === "IDEMPOTENCY_MISMATCH") {
        toast.error(messageOf(error));
        return "conflict";
      }
      setProblem(messageOf(error));
      return "refused";
    }
  }

  return { save, problem };
}
