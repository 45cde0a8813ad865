import type { Id } from "@milepost/backend/dataModel";
import { set, useForm, useWatch, type FieldErrors, type UseFormReturn } from "react-hook-form";
import { Button } from "../../../components/Button";
import { Card, CardHeader } from "../../../components/Card";
import { Choice, Field, FieldError, Input } from "../../../components/Field";
import { useKept } from "../../../lib/draft";
import { formatZone } from "../../../lib/format";
import { messageOf } from "../../../lib/refusals";
import { useChallenge } from "../../challenges/challengeContext";
import { DraftNotice } from "../../challenges/DraftNotice";
import { useDraft } from "../../challenges/useDraft";
import { GAME_KINDS, gameRules, KIND_HINTS, kindName } from "../../games/gameWords";
import { ChangedNotice } from "../ChangedNotice";
import { NUMBER_FIELDS, readGame, type GameValues, type GameWish } from "./gameValues";

interface GameFormProps {
  /** The game that is changed; null makes a new one. */
  gameId: Id<"miniGames"> | null;
  values: GameValues;
  /** Somebody else changed the game meanwhile: starts the form again from that. */
  onReopen?: (() => void) | null;
  submit: string;
  /** Saves it, a new one once however often it is sent; what it throws is shown in the form, which keeps what was typed. */
  onSave: (wish: GameWish, requestId: string) => Promise<void>;
  /** Saved, and nothing of it is a draft any more. */
  onSaved?: () => void;
}

type Form = UseFormReturn<GameValues>;

/** The form of a mini-game that has not started. */
export function GameForm(props: GameFormProps) {
  const { gameId, values, onReopen = null, submit, onSave, onSaved } = props;
  const challenge = useChallenge();
  const draft = useDraft({
    form: `game:${gameId ?? "new"}`,
    of: gameId === null ? "" : JSON.stringify(values),
    initial: values,
    example: values,
  });
  const form: Form = useForm<GameValues>({
    defaultValues: draft.values,
    resolver: (typed) => {
      const read = readGame(typed, challenge);
      if (read.ok) return { values: typed, errors: {} };
      const errors: FieldErrors<GameValues> = {};
      for (const { path, words } of read.problems)
        set(errors, path, { type: "rule", message: words });
      return { values: {}, errors };
    },
  });
  const { isSubmitting, errors } = form.formState;
  useKept(form, draft.keep);

  async function save(typed: GameValues): Promise<void> {
    const read = readGame(typed, challenge);
    if (!read.ok) return;
    try {
      await onSave(read.wish, draft.requestId);
      draft.forget();
      onSaved?.();
    } catch (error) {
      draft.failed(error);
      form.setError("root.save", { message: messageOf(error) });
    }
  }

  return (
    <form
      noValidate
      className="grid gap-6"
      onSubmit={(event) => void form.handleSubmit(save)(event)}
    >
      <DraftNotice draft={draft} form={form} />
      <ChangedNotice draft={draft} onReopen={onReopen} />
      <WhenCard form={form} />
      <WhatCard form={form} />
      {errors.root?.save?.message !== undefined && (
        <FieldError>{errors.root.save.message}</FieldError>
      )}
      <Button type="submit" pending={isSubmitting} className="justify-self-start">
        {submit}
      </Button>
    </form>
  );
}

function WhenCard({ form }: { form: Form }) {
  const { startsOn, endsOn, timezone } = useChallenge();
  const { errors } = form.formState;
  const limits = { min: startsOn, max: endsOn };
  return (
    <Card className="grid gap-5">
      <Field label="Name" error={errors.name?.message}>
        {(field) => (
          <Input {...field} maxLength={120} autoComplete="off" {...form.register("name")} />
        )}
      </Field>
      <div className="grid gap-5 sm:grid-cols-2 sm:items-start">
        <Field label="First day" error={errors.startsOn?.message}>
          {(field) => <Input {...field} type="date" {...limits} {...form.register("startsOn")} />}
        </Field>
        <Field label="Last day" error={errors.endsOn?.message}>
          {(field) => <Input {...field} type="date" {...limits} {...form.register("endsOn")} />}
        </Field>
      </div>
      <p className="-mt-2 text-sm text-ink-soft">
        Days of {formatZone(timezone)}. It starts when the first begins and ends when the last is
        over, by itself; you can do both earlier.
      </p>
    </Card>
  );
}

function WhatCard({ form }: { form: Form }) {
  const challenge = useChallenge();
  const typed = useWatch({ control: form.control, compute: (now: GameValues) => now });
  const { errors } = form.formState;
  // The rules follow the numbers, whatever the name and the days still lack.
  const read = readGame({ ...typed, ...challenge, name: "-" }, challenge);
  return (
    <Card className="grid gap-5 *:first:mb-0">
      <CardHeader title="What is played?" />
      <fieldset className="grid gap-2">
        <legend className="sr-only">Kind</legend>
        {GAME_KINDS.map((kind) => (
          <Choice
            key={kind}
            type="radio"
            value={kind}
            label={kindName(kind)}
            hint={KIND_HINTS[kind]}
            {...form.register("kind")}
          />
        ))}
      </fieldset>
      <div className="grid gap-4 sm:grid-cols-2 sm:items-start">
        {NUMBER_FIELDS[typed.kind].map(({ name, label, suffix }) => (
          <Field key={name} label={`${label} (${suffix})`} error={errors[name]?.message}>
            {(field) => (
              <Input
                {...field}
                inputMode="numeric"
                autoComplete="off"
                className="tabular-nums"
                {...form.register(name)}
              />
            )}
          </Field>
        ))}
      </div>
      {read.ok && (
        <ul className="grid list-disc gap-1.5 pl-5 text-sm text-ink-soft">
          {gameRules(read.wish.settings).map((rule) => (
            <li key={rule}>{rule}</li>
          ))}
        </ul>
      )}
    </Card>
  );
}
