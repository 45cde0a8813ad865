import { api } from "@milepost/backend/api";
import type { Id } from "@milepost/backend/dataModel";
import { API_KEY_LIMITS } from "@milepost/backend/rules/apiKeys";
import { useMutation } from "convex/react";
import { TriangleAlert } from "lucide-react";
import { useState } from "react";
import { useForm, type UseFormReturn } from "react-hook-form";
import { Button } from "../../components/Button";
import { CopyButton } from "../../components/CopyButton";
import { Dialog } from "../../components/Dialog";
import { Choice, Field, FieldError, Input, Select } from "../../components/Field";
import { Notice } from "../../components/States";
import { useAttempt } from "../../lib/useAttempt";
import { expiryOf, LIFETIMES, SCOPES, type Scope } from "./keyWords";

interface NewKeyDialogProps {
  challengeId: Id<"challenges">;
  isOrganiser: boolean;
  onClose: () => void;
}

/** Makes a key, then shows its text the one time it is known. */
export function NewKeyDialog({ challengeId, isOrganiser, onClose }: NewKeyDialogProps) {
  const [key, setKey] = useState<string | null>(null);
  const form = useForm<Wish>({ defaultValues: { name: "", scopes: ["read"], lifetime: "1" } });
  const isMade = key !== null;
  return (
    <Dialog
      onClose={onClose}
      // A key that nobody saw would be of no use, and still work.
      isBusy={form.formState.isSubmitting}
      title={isMade ? "Copy your key now" : "New key"}
      description={
        isMade
          ? "It is shown this once: not even we can read it again."
          : "It acts as you, in this challenge only."
      }
    >
      {isMade ? (
        <MadeKey text={key} onClose={onClose} />
      ) : (
        <KeyForm form={form} challengeId={challengeId} isOrganiser={isOrganiser} onMade={setKey} />
      )}
    </Dialog>
  );
}

interface Wish {
  name: string;
  scopes: Scope[];
  lifetime: string;
}

interface KeyFormProps extends Omit<NewKeyDialogProps, "onClose"> {
  form: UseFormReturn<Wish>;
  onMade: (key: string) => void;
}

function KeyForm({ form, challengeId, isOrganiser, onMade }: KeyFormProps) {
  const create = useMutation(api.mutations.apiKeys.create);
  const { problem, attempt } = useAttempt();
  const { register, handleSubmit, formState } = form;
  const { errors, isSubmitting } = formState;

  async function submit({ name, scopes, lifetime }: Wish): Promise<void> {
    const expiresAt = expiryOf(LIFETIMES[Number(lifetime)]?.days ?? null, Date.now());
    const wish = { challengeId, name, scopes };
    const made = await create(expiresAt === undefined ? wish : { ...wish, expiresAt });
    onMade(made.key);
  }

  return (
    <form
      noValidate
      className="grid gap-5"
      onSubmit={(event) => void handleSubmit((wish) => attempt(() => submit(wish)))(event)}
    >
      <Field label="Name" hint="What you use it for, such as “Watch”." error={errors.name?.message}>
        {(control) => (
          <Input
            {...control}
            autoComplete="off"
            maxLength={API_KEY_LIMITS.name}
            {...register("name", { validate: (name) => name.trim() !== "" || "Enter a name." })}
          />
        )}
      </Field>
      <fieldset className="grid gap-2">
        <legend className="mb-2 text-sm font-semibold">What it may do</legend>
        {SCOPES.filter(({ isForAdmins }) => isOrganiser || !isForAdmins).map(
          ({ scope, label, hint }) => (
            <Choice
              key={scope}
              value={scope}
              label={label}
              hint={hint}
              {...register("scopes", {
                validate: (scopes) => scopes.length > 0 || "Tick at least one.",
              })}
            />
          ),
        )}
        {errors.scopes !== undefined && <FieldError>{errors.scopes.message}</FieldError>}
      </fieldset>
      <Field label="How long it works">
        {(control) => (
          <Select {...control} {...register("lifetime")}>
            {LIFETIMES.map(({ label }, index) => (
              <option key={label} value={index}>
                {label}
              </option>
            ))}
          </Select>
        )}
      </Field>
      {problem !== null && <FieldError>{problem}</FieldError>}
      <Button type="submit" pending={isSubmitting}>
        Make key
      </Button>
    </form>
  );
}

function MadeKey({ text, onClose }: { text: string; onClose: () => void }) {
  return (
    <div className="grid gap-5">
      <Input
        readOnly
        value={text}
        aria-label="Your new key"
        className="font-mono text-sm"
        onFocus={({ target }) => target.select()}
      />
      <Notice tone="warning" icon={TriangleAlert}>
        Keep it as you keep a password. Whoever has it can do what you ticked, as you. If it gets
        out, revoke it.
      </Notice>
      <div className="flex flex-wrap justify-end gap-3">
        <CopyButton text={text} done="Key copied">
          Copy key
        </CopyButton>
        <Button onClick={onClose}>I have it</Button>
      </div>
    </div>
  );
}
