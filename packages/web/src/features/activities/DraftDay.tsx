import { CalendarClock } from "lucide-react";
import { useEffect } from "react";
import { useWatch, type UseFormReturn } from "react-hook-form";
import { useToday } from "../../app/context";
import { ActionNotice } from "../../components/ActionNotice";
import { formatDay } from "../../lib/format";
import type { ActivityValues } from "./activityForm";
import { isTypedIn } from "./draft";

interface DraftDayProps {
  form: UseFormReturn<ActivityValues>;
  /** The day a new entry starts with. */
  defaultDay: string;
}

/**
 * Keeps the day true of a form that was left for a while, also past midnight: where nothing was typed it moves on, where
 * something was the day is said. A day that was chosen here stays unsaid.
 */
export function DraftDay({ form, defaultDay }: DraftDayProps) {
  const today = useToday();
  const values = useWatch({ control: form.control, compute: (typed: ActivityValues) => typed });
  const { loggedDate } = values;
  const isChosen = form.formState.dirtyFields.loggedDate === true;
  const isLeft = !isChosen && loggedDate !== defaultDay;
  const isTyped = isTypedIn({ values });

  useEffect(() => {
    if (isLeft && !isTyped) form.resetField("loggedDate", { defaultValue: defaultDay });
  }, [isLeft, isTyped, form, defaultDay]);

  if (!isLeft || !isTyped) return null;
  return (
    <ActionNotice
      icon={CalendarClock}
      action={`Use ${defaultDay === today ? "today" : formatDay(defaultDay)}`}
      onAction={() => form.resetField("loggedDate", { defaultValue: defaultDay })}
    >
      This draft is for {formatDay(loggedDate, "long")}.
    </ActionNotice>
  );
}
