import type { ReactNode } from "react";
import { Badge } from "../../components/Badge";
import { formatCount, formatDays, formatZone } from "../../lib/format";
import { useChallenge } from "../challenges/challengeContext";
import { KIND_ICONS } from "./GameLink";
import { gameState, type Game } from "./gameWords";

/** The name of a game, its days and where it stands. */
export function GameHeader({ game, action }: { game: Game; action?: ReactNode }) {
  const { timezone } = useChallenge();
  const { name, settings, startsOn, endsOn, players } = game;
  const Icon = KIND_ICONS[settings.kind];
  const { label, tone, words } = gameState(game);
  return (
    <header className="flex flex-wrap items-start gap-x-4 gap-y-3">
      <span className="grid size-14 shrink-0 place-items-center rounded-2xl bg-accent-soft text-accent-ink">
        <Icon className="size-7" aria-hidden />
      </span>
      <div className="grid min-w-0 flex-1 basis-56 gap-1">
        <h1 className="flex flex-wrap items-center gap-x-3 gap-y-1 text-2xl font-extrabold sm:text-3xl">
          {name}
          <Badge tone={tone} className="tracking-normal">
            {label}
          </Badge>
        </h1>
        <p className="text-ink-soft">
          {formatDays(startsOn, endsOn)}, days of {formatZone(timezone)}
          {players > 0 && ` · ${formatCount(players, "player")}`}
        </p>
        <output className="text-sm text-ink-soft">{words}</output>
      </div>
      {action}
    </header>
  );
}
