import { Link } from "@tanstack/react-router";
import { Flame, ListChecks, Radio } from "lucide-react";
import { Button } from "../../components/Button";

const PROMISES = [
  {
    icon: ListChecks,
    title: "Every point explained",
    text: "See what it earns and why, before you save and ever after.",
  },
  {
    icon: Radio,
    title: "A board that is live",
    text: "Someone logs, everyone sees it: exact totals at once.",
  },
  {
    icon: Flame,
    title: "Streaks that forgive",
    text: "Log a day late, and your streak is put right by itself.",
  },
];

/** What Milepost is, for someone who is not signed in. */
export function Welcome() {
  return (
    <section className="grid gap-8 py-6 sm:py-10">
      <div className="grid max-w-2xl gap-5">
        <h1 className="text-4xl leading-[1.08] font-extrabold tracking-tight sm:text-5xl">
          Move together. Every point counts, and you can see why.
        </h1>
        <p className="text-lg text-ink-soft">
          Milepost runs challenges for clubs, teams and friends: log what you did, keep your streak,
          and watch an exact leaderboard move live.
        </p>
        <div className="flex flex-wrap gap-3">
          <Button asChild>
            <Link to="/sign-in" search={{ mode: "up" }}>
              Create an account
            </Link>
          </Button>
          <Button asChild variant="secondary">
            <Link to="/sign-in">Sign in</Link>
          </Button>
        </div>
      </div>
      <ul className="grid gap-x-8 gap-y-5 border-t border-line pt-8 sm:grid-cols-3">
        {PROMISES.map(({ icon: Icon, title, text }) => (
          <li key={title} className="flex gap-3.5 sm:grid sm:content-start sm:gap-2">
            <Icon className="mt-0.5 size-6 shrink-0 text-accent" aria-hidden />
            <div>
              <h2 className="font-bold">{title}</h2>
              <p className="text-sm text-ink-soft">{text}</p>
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}
