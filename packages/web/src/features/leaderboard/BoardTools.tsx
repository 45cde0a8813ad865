import { Link } from "@tanstack/react-router";
import { Crosshair, ListOrdered } from "lucide-react";
import { Select } from "../../components/Field";
import { cn } from "../../lib/cn";
import { useChallenge } from "../challenges/challengeContext";
import type { BoardSearch } from "./boardChoice";
import { BASIS_WORDS, type Basis } from "./rankMovement";
import { PersonSearch } from "./PersonSearch";

interface BoardToolsProps {
  board: BoardSearch;
  near: string | undefined;
  bases: Basis[];
  basis: Basis | null;
  onBasis: (basis: Basis) => void;
  /** The viewer is on this board's list of ranked people. */
  hasOwnPlace: boolean;
}

/** Ways to look at a board: search, its top or the own place, and what movement is compared with. */
export function BoardTools(props: BoardToolsProps) {
  const { board, near, bases, basis, onBasis, hasOwnPlace } = props;
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-2 border-b border-line px-4 pt-2 pb-4 sm:px-6">
      <PersonSearch board={board} />
      {(hasOwnPlace || near !== undefined) && (
        <Places board={board} near={near} hasOwnPlace={hasOwnPlace} />
      )}
      {basis !== null && <BasisChoice bases={bases} basis={basis} onBasis={onBasis} />}
    </div>
  );
}

const place =
  "inline-flex h-9 items-center gap-1.5 rounded-lg px-3 text-sm font-semibold whitespace-nowrap text-ink-soft transition-colors hover:text-ink aria-[current=page]:bg-surface aria-[current=page]:text-ink aria-[current=page]:shadow-card [&_svg]:size-4";

function Places({
  board,
  near,
  hasOwnPlace,
}: Pick<BoardToolsProps, "board" | "near" | "hasOwnPlace">) {
  const { challengeId } = useChallenge();
  const options = { to: "/c/$challengeId", params: { challengeId }, className: place } as const;
  return (
    <nav aria-label="Part of the board" className="flex rounded-xl bg-sunken p-1">
      <Link {...options} search={board} activeOptions={{ exact: true }}>
        <ListOrdered aria-hidden />
        Top
      </Link>
      {hasOwnPlace && (
        <Link {...options} search={{ ...board, near: "me" }} activeOptions={{ exact: true }}>
          <Crosshair aria-hidden />
          Around me
        </Link>
      )}
      {near !== undefined && near !== "me" && (
        <span aria-current="page" className={place}>
          Found
        </span>
      )}
    </nav>
  );
}

function BasisChoice({
  bases,
  basis,
  onBasis,
}: Pick<BoardToolsProps, "bases" | "onBasis"> & { basis: Basis }) {
  const words = `Arrows: since ${BASIS_WORDS[basis]}`;
  if (bases.length < 2) return <p className="text-sm text-ink-soft">{words}</p>;
  return (
    <Select
      aria-label="Arrows show movement"
      value={basis}
      className={cn("min-w-0 basis-48 text-sm")}
      onChange={({ target }) => {
        const chosen = bases.find((one) => one === target.value);
        if (chosen !== undefined) onBasis(chosen);
      }}
    >
      {bases.map((one) => (
        <option key={one} value={one}>
          Arrows: since {BASIS_WORDS[one]}
        </option>
      ))}
    </Select>
  );
}
