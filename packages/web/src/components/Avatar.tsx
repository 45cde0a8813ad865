import { cn } from "../lib/cn";

const TONES = [
  "bg-[light-dark(#dcebe3,#1d3b2d)] text-[light-dark(#0f5c40,#9be0c0)]",
  "bg-[light-dark(#dfe8f6,#1e2f49)] text-[light-dark(#24487e,#a9c6f2)]",
  "bg-[light-dark(#f6e3df,#46251f)] text-[light-dark(#86341f,#f3b5a5)]",
  "bg-[light-dark(#f4ead2,#3d3115)] text-[light-dark(#6b4e05,#ecd08a)]",
  "bg-[light-dark(#ece3f4,#35264a)] text-[light-dark(#5b3684,#d2b5f0)]",
  "bg-[light-dark(#dcecee,#183a3f)] text-[light-dark(#0d5560,#94d9e3)]",
];

/** One or two letters that stand for a name: the first of its first and of its last word. */
export function initialsOf(name: string): string {
  const words = name
    .trim()
    .split(/\s+/)
    .filter((word) => word !== "");
  const firstLetter = (word: string | undefined): string => Array.from(word ?? "")[0] ?? "";
  const last = words.length > 1 ? words.at(-1) : undefined;
  return (firstLetter(words[0]) + firstLetter(last)).toLocaleUpperCase();
}

/** A small round mark of a person; decoration beside the name, so hidden from screen readers. */
export function Avatar({
  name,
  seed,
  className,
}: {
  name: string;
  seed: string;
  className?: string;
}) {
  const hash = Array.from(seed).reduce(
    (sum, letter) => (sum * 31 + (letter.codePointAt(0) ?? 0)) % 9973,
    7,
  );
  return (
    <span
      aria-hidden
      className={cn(
        "grid size-8 shrink-0 place-items-center rounded-full text-xs font-bold",
        TONES[hash % TONES.length],
        className,
      )}
    >
      {initialsOf(name)}
    </span>
  );
}
