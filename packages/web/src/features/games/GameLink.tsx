import { Link } from "@tanstack/react-router";
import { ChevronRight, Flame, Swords, Users, type LucideIcon } from "lucide-react";
import { Badge } from "../../components/Badge";
import { formatCount, formatDays } from "../../lib/format";
import { useChallenge } from "../challenges/challengeContext";
import { gameState, kindName, type Game, type GameKind } from "./gameWords";

/** How the kinds of games look. */
export const KIND_ICONS: Record<GameKind, LucideIcon> = {
  partnerWeek: Users,
  huntWeek: Swords,
  prWeek: Flame,
};

interface GameLinkProps {
  game: Game;
  to: "/c/$challengeId/games/$gameId" | "/c/$challengeId/organise/games/$gameId";
}

/** A game in a list, as a link to its page. */
export function GameLink({ game, to }: GameLinkProps) {
  const { challengeId } = useChallenge();
  const { gameId, name, settings, startsOn, endsOn, players } = game;
  const Icon = KIND_ICONS[settings.kind];
  const { label, tone } = gameState(game);
  return (
    <Link
      to={to}
      params={{ challengeId, gameId }}
      className="flex items-center gap-3.5 rounded-xl px-2 py-3.5 transition-colors hover:bg-sunken"
    >
      <span className="grid size-11 shrink-0 place-items-center rounded-2xl bg-accent-soft text-accent-ink">
        <Icon className="size-5" aria-hidden />
      </span>
      <span className="grid min-w-0 flex-1 gap-0.5">
        <span className="flex flex-wrap items-center gap-x-2 gap-y-1">
          <span className="font-bold">{name}</span>
          <Badge tone={tone}>{label}</Badge>
        </span>
        <span className="text-sm text-ink-soft">
          {kindName(settings.kind)} · {formatDays(startsOn, endsOn)}
          {players > 0 && ` · ${formatCount(players, "player")}`}
        </span>
      </span>
      <ChevronRight className="size-5 shrink-0 text-ink-soft" aria-hidden />
    </Link>
  );
}
