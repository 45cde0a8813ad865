import type { api } from "@milepost/backend/api";
import { Link } from "@tanstack/react-router";
import type { FunctionReturnType } from "convex/server";
import { CircleUser } from "lucide-react";
import { Avatar } from "../../components/Avatar";
import { Card, CardHeader } from "../../components/Card";
import { Notice } from "../../components/States";
import { formatNumber } from "../../lib/format";
import { isMember, useChallenge } from "../challenges/challengeContext";
import { endedNowWords, roleName, standingWords, type Counterpart } from "./gameWords";

type Game = FunctionReturnType<typeof api.queries.miniGames.get>;

/** The viewer's part in a game that is on: with or against whom, and what it would give now. */
export function OwnPart({ game: { viewer } }: { game: Game }) {
  const challenge = useChallenge();
  if (viewer === null) {
    if (!isMember(challenge)) return null;
    return (
      <Notice icon={CircleUser}>
        You do not play in this one: it began with everybody who was on the board then.
      </Notice>
    );
  }
  const ownUserId = challenge.viewer?.userId ?? "";
  return (
    <Card className="grid gap-4 *:first:mb-0">
      <CardHeader title="Your part" />
      <output className="text-lg font-bold">{endedNowWords(viewer.pointsIfEndedNow)}</output>
      {viewer.counterparts.length > 0 && (
        <ul className="grid gap-3 sm:grid-cols-2">
          {viewer.counterparts.map((counterpart) => (
            <CounterpartItem
              key={counterpart.role}
              counterpart={counterpart}
              ownUserId={ownUserId}
            />
          ))}
        </ul>
      )}
      <p className="text-sm text-ink-soft">
        You began at rank {formatNumber(viewer.startRank)}. This follows the board as it moves.
      </p>
    </Card>
  );
}

interface CounterpartItemProps {
  counterpart: Counterpart;
  ownUserId: string;
}

function CounterpartItem({ counterpart, ownUserId }: CounterpartItemProps) {
  const { challengeId } = useChallenge();
  const { role, userId, displayName } = counterpart;
  return (
    <li className="flex items-center gap-3.5 rounded-xl bg-sunken p-4">
      <Avatar name={displayName} seed={userId} className="size-11 text-base" />
      <span className="grid min-w-0">
        <span className="text-sm font-semibold text-ink-soft">{roleName(role)}</span>
        <Link
          to="/c/$challengeId/people/$userId"
          params={{ challengeId, userId }}
          className="justify-self-start rounded font-bold hover:underline"
        >
          {displayName}
        </Link>
        <span className="text-sm">{standingWords(counterpart, ownUserId)}</span>
      </span>
    </li>
  );
}
