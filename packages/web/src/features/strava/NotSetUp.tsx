import { Link } from "@tanstack/react-router";
import { PlugZap, Wrench } from "lucide-react";
import { Button } from "../../components/Button";
import { Card, CardHeader } from "../../components/Card";
import { EmptyState } from "../../components/States";
import { VARIABLE_WORDS } from "./stravaWords";

/** Strava is off here: what people can do instead, and what whoever runs the site has to do. */
export function NotSetUp({ missing }: { missing: string[] }) {
  return (
    <>
      <Card>
        <EmptyState
          icon={PlugZap}
          title="Strava is not set up here"
          className="py-6"
          action={
            <Button asChild variant="secondary">
              <Link to="/">My challenges</Link>
            </Button>
          }
        >
          You can log by hand, or import the archive Strava gives you: open a challenge and choose
          Import.
        </EmptyState>
      </Card>
      <Card>
        <CardHeader
          title={
            <span className="flex items-center gap-2.5">
              <Wrench className="size-5 text-ink-soft" aria-hidden />
              If you run this site
            </span>
          }
        />
        <p className="mb-3 text-sm text-ink-soft">
          The deployment lacks these variables. Read Strava’s rules for developers first, then
          follow docs/strava.md in the source.
        </p>
        <dl className="grid gap-3">
          {missing.map((name) => (
            <div key={name}>
              <dt className="font-mono text-sm font-semibold break-all">{name}</dt>
              <dd className="text-sm break-words text-ink-soft">{VARIABLE_WORDS[name]}</dd>
            </div>
          ))}
        </dl>
      </Card>
    </>
  );
}
