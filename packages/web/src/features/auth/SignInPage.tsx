import { useAuthActions } from "@convex-dev/auth/react";
import { getRouteApi, Link } from "@tanstack/react-router";
import { Eye, EyeOff } from "lucide-react";
import { useEffect, useState, type ComponentProps } from "react";
import { useForm } from "react-hook-form";
import { useConfig, useViewer } from "../../app/context";
import { Button } from "../../components/Button";
import { Card } from "../../components/Card";
import { Field, FieldError, Input } from "../../components/Field";
import { Page, PageHeader, usePageTitle } from "../../components/Page";
import { useAttempt } from "../../lib/useAttempt";
import { DemoAccounts } from "./DemoAccounts";
import { signInWords } from "./signInWords";

const route = getRouteApi("/sign-in");

interface Credentials {
  name: string;
  email: string;
  password: string;
}

export function SignInPage() {
  const { next, mode } = route.useSearch();
  const isNew = mode === "up";
  const { demo } = useConfig();
  const navigate = route.useNavigate();
  const viewer = useViewer();
  usePageTitle(isNew ? "Create an account" : "Sign in");

  useEffect(() => {
    if (viewer !== null) void navigate({ href: next ?? "/", replace: true });
  }, [viewer, next, navigate]);

  return (
    <Page narrow>
      <div className="mx-auto grid w-full max-w-md gap-6">
        <PageHeader title={isNew ? "Create an account" : "Welcome back"}>
          {isNew
            ? "One account for every challenge you join."
            : "Sign in to log and see where you stand."}
        </PageHeader>
        <Card>
          <CredentialsForm key={String(isNew)} flow={isNew ? "signUp" : "signIn"} />
        </Card>
        <p className="text-center">
          {isNew ? "Already have an account? " : "New here? "}
          <Link
            to="/sign-in"
            search={{
              ...(next === undefined ? {} : { next }),
              ...(isNew ? {} : { mode: "up" as const }),
            }}
            className="inline-block rounded px-1 py-1.5 font-semibold text-accent-ink underline underline-offset-4"
          >
            {isNew ? "Sign in" : "Create an account"}
          </Link>
        </p>
        {demo && <DemoAccounts />}
      </div>
    </Page>
  );
}

function CredentialsForm({ flow }: { flow: "signIn" | "signUp" }) {
  const { signIn } = useAuthActions();
  const { problem, attempt } = useAttempt((error) => signInWords(error, flow));
  const { register, handleSubmit, formState } = useForm<Credentials>();
  const { errors, isSubmitting } = formState;
  const submit = async ({ name, email, password }: Credentials): Promise<void> =>
    await attempt(() =>
      signIn("password", { email, password, flow, ...(flow === "signUp" ? { name } : {}) }),
    );

  return (
    <form noValidate className="grid gap-5" onSubmit={(event) => void handleSubmit(submit)(event)}>
      {flow === "signUp" && (
        <Field
          label="Your name"
          hint="Others in your challenges see it."
          error={errors.name?.message}
        >
          {(control) => (
            <Input
              {...control}
              autoComplete="name"
              maxLength={80}
              {...register("name", { validate: (name) => name.trim() !== "" || "Enter a name." })}
            />
          )}
        </Field>
      )}
      <Field label="E-mail" error={errors.email?.message}>
        {(control) => (
          <Input
            {...control}
            type="email"
            inputMode="email"
            autoComplete="email"
            {...register("email", {
              validate: (email) => /^\S+@\S+$/.test(email.trim()) || "Enter an e-mail address.",
            })}
          />
        )}
      </Field>
      <Field
        label="Password"
        hint={flow === "signUp" ? "At least 8 characters; a few words make a good one." : undefined}
        error={errors.password?.message}
      >
        {(control) => (
          <PasswordInput
            {...control}
            autoComplete={flow === "signUp" ? "new-password" : "current-password"}
            {...register("password", {
              validate: (password) =>
                flow === "signUp"
                  ? password.length >= 8 || "Use at least 8 characters."
                  : password !== "" || "Enter your password.",
            })}
          />
        )}
      </Field>
      {problem !== null && <FieldError>{problem}</FieldError>}
      <Button type="submit" pending={isSubmitting}>
        {flow === "signUp" ? "Create account" : "Sign in"}
      </Button>
    </form>
  );
}

/** A password that can be shown while it is typed. */
function PasswordInput(props: ComponentProps<"input">) {
  const [isShown, setIsShown] = useState(false);
  const Icon = isShown ? EyeOff : Eye;
  return (
    <div className="relative">
      <Input {...props} type={isShown ? "text" : "password"} className="pr-12" />
      <Button
        variant="ghost"
        size="icon"
        className="absolute top-0 right-0"
        aria-label="Show password"
        aria-pressed={isShown}
        onClick={() => setIsShown(!isShown)}
      >
        <Icon aria-hidden />
      </Button>
    </div>
  );
}
