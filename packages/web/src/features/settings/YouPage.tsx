import { api } from "@milepost/backend/api";
import { useMutation } from "convex/react";
import { useForm } from "react-hook-form";
import { toast } from "sonner";
import { useViewer, type Viewer } from "../../app/context";
import { Button } from "../../components/Button";
import { Card, CardHeader } from "../../components/Card";
import { Choice, Field, FieldError, Input } from "../../components/Field";
import { PageHeader, usePageTitle } from "../../components/Page";
import { ZoneSelect } from "../../components/ZoneSelect";
import { useAttempt } from "../../lib/useAttempt";
import { setTheme, useTheme, type Theme } from "../../lib/theme";
import { browserZone } from "../../lib/today";
import { RankingCard } from "./RankingCard";
import { UnitsCard } from "./UnitsCard";

/** Name, time zone, units, look, and where the person is ranked. */
export function YouPage() {
  usePageTitle("Settings");
  const viewer = useViewer();
  return (
    <>
      <PageHeader title="Settings" />
      {viewer !== null && <PersonCard viewer={viewer} />}
      <UnitsCard />
      <ThemeCard />
      <RankingCard />
    </>
  );
}

function PersonCard({ viewer }: { viewer: NonNullable<Viewer> }) {
  const update = useMutation(api.mutations.viewer.update);
  const { problem, attempt } = useAttempt();
  const zone = viewer.timezone ?? browserZone();
  const { register, handleSubmit, formState } = useForm({
    defaultValues: { displayName: viewer.displayName, timezone: zone },
  });
  const submit = async (wish: { displayName: string; timezone: string }): Promise<void> =>
    await attempt(async () => {
      await update(wish);
      toast.success("Saved");
    });

  return (
    <Card>
      <CardHeader title="You" />
      <form
        noValidate
        className="grid gap-5"
        onSubmit={(event) => void handleSubmit(submit)(event)}
      >
        <Field
          label="Your name"
          hint="Others in your challenges see it."
          error={formState.errors.displayName?.message}
        >
          {(control) => (
            <Input
              {...control}
              autoComplete="name"
              maxLength={80}
              {...register("displayName", {
                validate: (name) => name.trim() !== "" || "Enter a name.",
              })}
            />
          )}
        </Field>
        <Field label="Your time zone" hint="Decides which day it is for you when you log.">
          {(control) => <ZoneSelect {...control} chosen={zone} {...register("timezone")} />}
        </Field>
        {problem !== null && <FieldError>{problem}</FieldError>}
        <Button type="submit" className="justify-self-start" pending={formState.isSubmitting}>
          Save
        </Button>
      </form>
    </Card>
  );
}

const THEMES: Array<{ theme: Theme; label: string }> = [
  { theme: "system", label: "Like the device" },
  { theme: "light", label: "Light" },
  { theme: "dark", label: "Dark" },
];

function ThemeCard() {
  const current = useTheme();
  return (
    <Card>
      <fieldset className="grid gap-3 sm:grid-cols-3">
        <legend className="mb-3 text-lg font-bold">Look</legend>
        {THEMES.map(({ theme, label }) => (
          <Choice
            key={theme}
            type="radio"
            name="theme"
            label={label}
            checked={current === theme}
            onChange={() => setTheme(theme)}
          />
        ))}
      </fieldset>
    </Card>
  );
}
