import { Link } from "@tanstack/react-router";
import { Hammer, Scale, type LucideIcon } from "lucide-react";
import { useState, type ReactNode } from "react";
import { Button } from "../../components/Button";
import { Card, CardHeader } from "../../components/Card";
import { FieldError } from "../../components/Field";
import { useChallenge } from "../challenges/challengeContext";
import { ApplyDialog } from "./ApplyDialog";
import type { Jobs } from "./useJobs";
import { useStart } from "./useStart";

/** What is needed rarely: bringing old activities to changed rules, and building everything anew. */
export function OtherJobs({ jobs }: { jobs: Jobs }) {
  const { challengeId, isFinal } = useChallenge();
  const { begin, run, pending, problem } = useStart(jobs);
  const [isAsking, setIsAsking] = useState(false);
  return (
    <Card>
      <CardHeader title="Other jobs" />
      <ul className="divide-y divide-line">
        <Choice
          icon={Scale}
          title="Rescore"
          action={
            <Button
              size="sm"
              variant="secondary"
              pending={pending === "rescore"}
              disabled={isFinal}
              onClick={() => void run("rescore", true)}
            >
              See what changes
            </Button>
          }
        >
          {isFinal ? (
            "The standings are final, so no activity is scored anew."
          ) : (
            <>
              A changed rule counts for new activities. A rescore brings the older ones to the rules
              of now; the dry run comes first. What a rule would change before it is saved is shown
              with the{" "}
              <Link
                to="/c/$challengeId/organise/rules"
                params={{ challengeId }}
                className="font-semibold text-accent-ink underline underline-offset-4"
              >
                rules
              </Link>
              .
            </>
          )}
        </Choice>
        <Choice
          icon={Hammer}
          title="Rebuild"
          action={
            <Button
              size="sm"
              variant="secondary"
              pending={pending === "backfill"}
              onClick={() => setIsAsking(true)}
            >
              Rebuild
            </Button>
          }
        >
          Builds every sum, board and rank again from the activities. Only needed after data was
          brought over from an older version.
        </Choice>
      </ul>
      {problem !== null && <FieldError>{problem}</FieldError>}
      {isAsking && (
        <ApplyDialog
          kind="backfill"
          onClose={() => setIsAsking(false)}
          onApply={async () => await begin("backfill", false)}
        />
      )}
    </Card>
  );
}

interface ChoiceProps {
  icon: LucideIcon;
  title: string;
  action: ReactNode;
  children: ReactNode;
}

function Choice({ icon: Icon, title, action, children }: ChoiceProps) {
  return (
    <li className="flex flex-wrap items-start gap-x-4 gap-y-3 py-4 first:pt-0 last:pb-0">
      <Icon className="mt-0.5 size-5 shrink-0 text-ink-soft" aria-hidden />
      <div className="min-w-48 flex-1">
        <p className="font-semibold">{title}</p>
        <p className="text-sm text-ink-soft">{children}</p>
      </div>
      {action}
    </li>
  );
}
