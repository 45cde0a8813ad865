import { api } from "@milepost/backend/api";
import { CatchBoundary } from "@tanstack/react-router";
import { usePaginatedQuery } from "convex/react";
import type { FunctionReturnType } from "convex/server";
import { Search, Shield, UserRound } from "lucide-react";
import { useState } from "react";
import { Avatar } from "../../components/Avatar";
import { Badge } from "../../components/Badge";
import { Card } from "../../components/Card";
import { Field, FieldError, Input } from "../../components/Field";
import { PageHeader, usePageTitle } from "../../components/Page";
import { EmptyState } from "../../components/States";
import { formatCount, formatInstant } from "../../lib/format";
import { messageOf } from "../../lib/refusals";
import { useSettled } from "../../lib/useSettled";
import { PagedList } from "../../components/PagedList";

const PAGE_SIZE = 25;
type Row = FunctionReturnType<typeof api.queries.platform.people>["page"][number];

/** Everybody with an account, by name; found by the beginning of a name or a whole e-mail address. */
export function PeoplePage() {
  usePageTitle("People");
  const [typed, setTyped] = useState("");
  const search = useSettled(typed.trim());
  return (
    <>
      <PageHeader title="People">
        Whoever runs this site makes somebody an administrator on the command line:{" "}
        <code className="text-sm">
          npx convex run mutations/admin:makePlatformAdmin {`'{"email": "…"}'`}
        </code>
      </PageHeader>
      <Card className="grid gap-4">
        <Field
          label="Find somebody"
          hint="The beginning of a name as it is written, or a whole e-mail address."
        >
          {(control) => (
            <span className="relative block">
              <Search
                className="pointer-events-none absolute top-3 left-3.5 size-5 text-ink-soft"
                aria-hidden
              />
              <Input
                {...control}
                type="search"
                className="pl-11"
                maxLength={254}
                value={typed}
                onChange={({ target }) => setTyped(target.value)}
              />
            </span>
          )}
        </Field>
        <CatchBoundary
          getResetKey={() => search}
          errorComponent={({ error }) => <FieldError>{messageOf(error)}</FieldError>}
        >
          <Found key={search} search={search} />
        </CatchBoundary>
      </Card>
    </>
  );
}

function Found({ search }: { search: string }) {
  const list = usePaginatedQuery(
    api.queries.platform.people,
    { search },
    { initialNumItems: PAGE_SIZE },
  );
  return (
    <div>
      <PagedList
        label="People"
        list={list}
        pageSize={PAGE_SIZE}
        empty={
          <EmptyState icon={UserRound} title="Nobody found">
            Capital letters matter; of an e-mail address all of it is needed.
          </EmptyState>
        }
      >
        {(person) => <PersonItem key={person.userId} person={person} />}
      </PagedList>
    </div>
  );
}

function PersonItem({ person }: { person: Row }) {
  const { userId, displayName, isPlatformAdmin, isDemo, createdAt } = person;
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-1.5 py-3">
      <Avatar name={displayName} seed={userId} className="size-9" />
      <span className="min-w-44 flex-1">
        <span className="block font-semibold">{displayName}</span>
        <span className="block text-sm text-ink-soft">
          {partsWords(person)} · since {formatInstant(createdAt)}
        </span>
      </span>
      <span className="flex flex-wrap gap-1.5">
        {isDemo && <Badge>Demo</Badge>}
        {isPlatformAdmin && (
          <Badge tone="accent">
            <Shield aria-hidden />
            Administrator
          </Badge>
        )}
      </span>
    </li>
  );
}

function partsWords({ challenges, organises }: Row): string {
  const parts = challenges === 0 ? "In no challenge" : `In ${formatCount(challenges, "challenge")}`;
  return organises === 0 ? parts : `${parts}, organises ${organises}`;
}
