import { api } from "@milepost/backend/api";
import { useNavigate } from "@tanstack/react-router";
import { useMutation } from "convex/react";
import { useEffect, useRef, useState } from "react";
import { useForm, useWatch } from "react-hook-form";
import { toast } from "sonner";
import { SignInFirst } from "../../app/SignInFirst";
import { useToday, useViewer } from "../../app/context";
import { Button } from "../../components/Button";
import { FieldError } from "../../components/Field";
import { Page, PageHeader, usePageTitle } from "../../components/Page";
import { draftKey } from "../../lib/draft";
import { useAttempt } from "../../lib/useAttempt";
import { readStored, writeStored } from "../../lib/storage";
import { browserZone } from "../../lib/today";
import { sensibleWish, wishOfStored, type ChallengeWish } from "./newChallenge";
import { AudienceCard, BasicsCard, RulesCard, TypesCard } from "./NewChallengeCards";

/** Makes a challenge: only a name is needed, the rest is filled in and said in words. */
export function NewChallengePage() {
  usePageTitle("New challenge");
  const viewer = useViewer();
  if (viewer === null) return <SignInFirst title="Sign in to create a challenge" />;
  return (
    <Page narrow>
      <PageHeader title="New challenge">
        Give it a name: sensible choices are filled in, and most can be changed later. You are its
        first organiser and participant.
      </PageHeader>
      <NewChallengeForm
        zone={viewer.timezone ?? browserZone()}
        storageKey={draftKey("new-challenge", viewer.userId)}
      />
    </Page>
  );
}

interface NewChallengeFormProps {
  zone: string;
  /** Where what is typed is kept on this device. */
  storageKey: string;
}

function NewChallengeForm({ zone, storageKey }: NewChallengeFormProps) {
  const today = useToday();
  const navigate = useNavigate();
  const create = useMutation(api.mutations.challenges.create);
  const { problem, attempt } = useAttempt();
  const [left] = useState(() => wishOfStored(readStored(storageKey), sensibleWish(today, zone)));
  const form = useForm<ChallengeWish>({ defaultValues: left });
  const typed = useWatch({ control: form.control, compute: (wish: ChallengeWish) => wish });
  const { isDirty } = form.formState;
  const isCreated = useRef(false);
  useEffect(() => {
    if (isDirty && !isCreated.current) writeStored(storageKey, typed);
  }, [typed, isDirty, storageKey]);

  async function submit(wish: ChallengeWish): Promise<void> {
    const { hasStreakBonus, streakMinPoints, backdateDays, graceHours, ...rest } = wish;
    const { challengeId } = await create({
      ...rest,
      streakMinPoints: Number(streakMinPoints),
      backdateDays: Number(backdateDays),
      graceHours: Number(graceHours),
      streakBonus: hasStreakBonus ? "running" : "none",
    });
    isCreated.current = true;
    writeStored(storageKey, null);
    toast.success("Your challenge is ready. Invite people with its join link.");
    await navigate({ to: "/c/$challengeId/organise", params: { challengeId } });
  }

  return (
    <form
      noValidate
      className="grid gap-6"
      onSubmit={(event) => void form.handleSubmit((wish) => attempt(() => submit(wish)))(event)}
    >
      <BasicsCard form={form} />
      <AudienceCard form={form} />
      <TypesCard form={form} />
      <RulesCard form={form} />
      {problem !== null && <FieldError>{problem}</FieldError>}
      <Button type="submit" pending={form.formState.isSubmitting} className="justify-self-start">
        Create challenge
      </Button>
    </form>
  );
}
