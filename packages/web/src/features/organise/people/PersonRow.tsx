import { api } from "@milepost/backend/api";
import { Link } from "@tanstack/react-router";
import { useMutation } from "convex/react";
import { Ellipsis } from "lucide-react";
import { useState } from "react";
import { toast } from "sonner";
import { Avatar } from "../../../components/Avatar";
import { Badge } from "../../../components/Badge";
import { Button } from "../../../components/Button";
import { Menu, MenuItem } from "../../../components/Menu";
import { ReasonDialog } from "../../../components/ReasonDialog";
import { formatDate, formatNumber } from "../../../lib/format";
import { useDo } from "../../../lib/useDo";
import { useChallenge } from "../../challenges/challengeContext";
import { AdjustDialog } from "./AdjustDialog";
import { ExpelDialog } from "./ExpelDialog";
import { deedsFor, type ListedPerson, type ListedStatus, type PersonDeed } from "./people";

const DEED_WORDS: Record<PersonDeed, string> = {
  adjust: "Give or take points…",
  makeAdmin: "Make an organiser",
  makeParticipant: "No longer an organiser",
  remove: "Remove…",
  ban: "Ban…",
  unban: "Lift the ban",
};

/** One person with what can be done about them. */
export function PersonRow({ person, status }: { person: ListedPerson; status: ListedStatus }) {
  const challenge = useChallenge();
  const { challengeId } = challenge;
  const [dialog, setDialog] = useState<"adjust" | "stepDown" | "remove" | "ban" | null>(null);
  const act = useSimpleDeeds(person);
  const { isPending, run } = useDo();
  const { userId, displayName } = person;
  const isSelf = challenge.viewer?.userId === userId;

  function choose(deed: PersonDeed): void {
    if (deed === "adjust" || deed === "remove" || deed === "ban") setDialog(deed);
    else if (deed === "makeParticipant" && isSelf) setDialog("stepDown");
    else run(() => act(deed));
  }

  return (
    <li className="flex items-center gap-3 py-3">
      <Avatar name={displayName} seed={userId} className="size-9" />
      <PersonFacts person={person} />
      <span className="text-right">
        <span className="block font-bold tabular-nums">{formatNumber(person.totalPoints)}</span>
        <span className="block text-xs text-ink-soft">points</span>
      </span>
      <Menu
        trigger={
          <Button
            variant="ghost"
            size="icon"
            aria-label={`What to do about ${displayName}`}
            pending={isPending}
          >
            {!isPending && <Ellipsis aria-hidden />}
          </Button>
        }
      >
        <MenuItem asChild>
          <Link to="/c/$challengeId/history" params={{ challengeId }} search={{ person: userId }}>
            Activities
          </Link>
        </MenuItem>
        {deedsFor(person, status, challenge).map((deed) => (
          <MenuItem key={deed} onSelect={() => choose(deed)}>
            {DEED_WORDS[deed]}
          </MenuItem>
        ))}
      </Menu>
      {dialog === "stepDown" && (
        <ReasonDialog
          asksWhy={false}
          isDanger
          title="Stop organising?"
          description="You go on as a participant. Only another organiser can make you one again."
          confirm="No longer organise"
          onConfirm={async () => await act("makeParticipant")}
          onClose={() => setDialog(null)}
        />
      )}
      {dialog === "adjust" && <AdjustDialog person={person} onClose={() => setDialog(null)} />}
      {(dialog === "remove" || dialog === "ban") && (
        <ExpelDialog person={person} how={dialog} onClose={() => setDialog(null)} />
      )}
    </li>
  );
}

function PersonFacts({ person }: { person: ListedPerson }) {
  const { challengeId } = useChallenge();
  const { userId, displayName, role, joinedAt, isRanked, isLosingPoints } = person;
  return (
    <div className="grid min-w-0 flex-1 gap-0.5">
      <span className="flex flex-wrap items-center gap-x-2 gap-y-1">
        <Link
          to="/c/$challengeId/people/$userId"
          params={{ challengeId, userId }}
          className="rounded py-1 font-semibold decoration-accent decoration-2 underline-offset-4 hover:underline"
        >
          {displayName}
        </Link>
        {role === "admin" && <Badge tone="accent">Organiser</Badge>}
        {!isRanked && <Badge>Without a rank</Badge>}
        {isLosingPoints && <Badge tone="flame">Points are being removed</Badge>}
      </span>
      <span className="text-sm text-ink-soft">Joined {formatDate(joinedAt)}</span>
    </div>
  );
}

/** The deeds that need no further word; throws what the server refused. */
function useSimpleDeeds({ userId, displayName }: ListedPerson) {
  const { challengeId } = useChallenge();
  const setRole = useMutation(api.mutations.participants.setRole);
  const unban = useMutation(api.mutations.participants.unban);
  return async (deed: "makeAdmin" | "makeParticipant" | "unban"): Promise<void> => {
    if (deed === "unban") {
      await unban({ challengeId, userId });
      toast.success(`${displayName} may join again`);
      return;
    }
    const role = deed === "makeAdmin" ? "admin" : "participant";
    await setRole({ challengeId, userId, role });
    toast.success(
      role === "admin"
        ? `${displayName} is an organiser now`
        : `${displayName} is a participant now`,
    );
  };
}
