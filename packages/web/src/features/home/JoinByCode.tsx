import { useNavigate } from "@tanstack/react-router";
import { useForm } from "react-hook-form";
import { Button } from "../../components/Button";
import { Card, CardHeader } from "../../components/Card";
import { Field, Input } from "../../components/Field";
import { joinCodeOf } from "../challenges/joinCode";

/** Takes a join code or a whole join link. */
export function JoinByCode() {
  const navigate = useNavigate();
  const { register, handleSubmit, formState } = useForm<{ code: string }>();

  async function submit({ code }: { code: string }): Promise<void> {
    await navigate({ to: "/join/$code", params: { code: joinCodeOf(code) } });
  }

  return (
    <Card>
      <CardHeader title="Join a private challenge" />
      <form
        noValidate
        className="grid gap-4"
        onSubmit={(event) => void handleSubmit(submit)(event)}
      >
        <Field
          label="Join code or link"
          hint="The organiser of the challenge has it."
          error={formState.errors.code?.message}
        >
          {(control) => (
            <Input
              {...control}
              autoComplete="off"
              autoCapitalize="none"
              spellCheck={false}
              {...register("code", {
                validate: (code) => joinCodeOf(code) !== "" || "Enter the join code.",
              })}
            />
          )}
        </Field>
        <Button type="submit" variant="secondary">
          Continue
        </Button>
      </form>
    </Card>
  );
}
