import { api } from "@milepost/backend/api";
import type { Id } from "@milepost/backend/dataModel";
import { Link } from "@tanstack/react-router";
import { useQuery } from "convex/react";
import { Search } from "lucide-react";
import { useRef, useState, type FocusEvent, type KeyboardEvent } from "react";
import { Avatar } from "../../components/Avatar";
import { Input } from "../../components/Field";
import { useSettled } from "../../lib/useSettled";
import { useChallenge, useSharedArgs } from "../challenges/challengeContext";
import type { BoardSearch } from "./boardChoice";
import { nextItem } from "./boardRows";

const MAX_FOUND = 8;

/** What the keyboard does in the field and on the people found. */
interface Moves {
  onKeyDown: (event: KeyboardEvent) => void;
  onFocus: () => void;
  onBlur: (event: FocusEvent) => void;
}

/**
 * Finds people by the beginning of their names; each leads to their place on this board, or to their profile when they
 * are on none. Arrow keys move between the field and the people, Escape closes.
 */
export function PersonSearch({ board }: { board: BoardSearch }) {
  const box = useRef<HTMLElement>(null);
  const [text, setText] = useState("");
  const [isOpen, setIsOpen] = useState(false);
  const prefix = useSettled(text.trim());
  const shared = useSharedArgs();
  const wish = { ...shared, prefix, limit: MAX_FOUND };
  const found = useQuery(api.queries.participants.search, prefix === "" ? "skip" : wish);
  const people = isOpen && prefix !== "" ? found : undefined;

  function onKeyDown(event: KeyboardEvent): void {
    const [field, ...links] = box.current?.querySelectorAll<HTMLElement>("input, a") ?? [];
    if (event.key === "Escape") {
      setIsOpen(false);
      field?.focus();
    }
    const active = links.findIndex((link) => link === document.activeElement);
    if (event.key === "Enter" && active === -1) links[0]?.click();
    const next = nextItem(event.key, active, links.length);
    if (next === null) return;
    event.preventDefault();
    (links[next] ?? field)?.focus();
  }

  /** The field and the links are one: the list stays while the keyboard is in any of them. */
  const moves: Moves = {
    onKeyDown,
    onFocus: () => setIsOpen(true),
    onBlur: ({ relatedTarget }) => {
      if (!box.current?.contains(relatedTarget)) setIsOpen(false);
    },
  };

  return (
    <search ref={box} className="relative min-w-0 flex-1 basis-56">
      <Search
        aria-hidden
        className="pointer-events-none absolute top-3 left-3.5 size-4.5 text-ink-soft"
      />
      <Input
        type="search"
        aria-label="Find a person"
        autoComplete="off"
        placeholder="Find a person"
        value={text}
        className="pl-10.5"
        {...moves}
        onChange={({ target }) => {
          setText(target.value);
          setIsOpen(true);
        }}
      />
      <output className="sr-only">{people === undefined ? "" : foundWords(people.length)}</output>
      {people !== undefined && (
        <FoundPeople
          people={people}
          board={board}
          moves={moves}
          onChosen={() => {
            setText("");
            setIsOpen(false);
          }}
        />
      )}
    </search>
  );
}

const foundWords = (count: number): string =>
  count === 0 ? "Nobody found" : `${count} found; the arrow keys lead to them`;

interface FoundPeopleProps {
  people: Array<{ userId: Id<"users">; displayName: string; isRanked: boolean }>;
  board: BoardSearch;
  moves: Moves;
  onChosen: () => void;
}

function FoundPeople({ people, board, moves, onChosen }: FoundPeopleProps) {
  const { challengeId } = useChallenge();
  const link = {
    ...moves,
    onClick: onChosen,
    className:
      "flex min-h-11 items-center gap-3 rounded-lg px-3 outline-none hover:bg-sunken focus:bg-sunken",
  };
  return (
    <div className="absolute inset-x-0 top-full z-30 mt-1.5 animate-float-in rounded-2xl border border-line bg-surface p-2 shadow-float">
      {people.length === 0 && (
        <p className="px-3 py-2 text-sm text-ink-soft">Nobody here has a name that begins so.</p>
      )}
      <ul aria-label="People found">
        {people.map(({ userId, displayName, isRanked }) => {
          const person = (
            <>
              <Avatar name={displayName} seed={userId} />
              <span className="min-w-0 flex-1 truncate font-semibold">{displayName}</span>
              {!isRanked && <span className="text-sm text-ink-soft">not ranked</span>}
            </>
          );
          return (
            <li key={userId}>
              {isRanked ? (
                <Link
                  to="/c/$challengeId"
                  params={{ challengeId }}
                  search={{ ...board, near: userId }}
                  {...link}
                >
                  {person}
                </Link>
              ) : (
                <Link
                  to="/c/$challengeId/people/$userId"
                  params={{ challengeId, userId }}
                  {...link}
                >
                  {person}
                </Link>
              )}
            </li>
          );
        })}
      </ul>
    </div>
  );
}
