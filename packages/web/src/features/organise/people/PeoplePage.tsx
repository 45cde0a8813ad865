import { api } from "@milepost/backend/api";
import { usePaginatedQuery } from "convex/react";
import { Search, UserRoundSearch } from "lucide-react";
import { useState } from "react";
import { Card } from "../../../components/Card";
import { Field, Input, Select } from "../../../components/Field";
import { MoreButton } from "../../../components/MoreButton";
import { PageHeader, usePageTitle } from "../../../components/Page";
import { Loading, SkeletonRows } from "../../../components/Skeleton";
import { EmptyState } from "../../../components/States";
import { useSettled } from "../../../lib/useSettled";
import { useChallenge } from "../../challenges/challengeContext";
import { isStatus, STATUSES, type ListedStatus } from "./people";
import { PersonRow } from "./PersonRow";

const PAGE_SIZE = 25;

/** Who takes part, who left or was removed; roles, points by hand, and who may stay. */
export function PeoplePage() {
  const [status, setStatus] = useState<ListedStatus>("active");
  const [typed, setTyped] = useState("");
  const prefix = useSettled(typed.trim());
  usePageTitle("People");
  return (
    <>
      <PageHeader title="People">
        Everyone who takes part or once did. What you do here is written down, and people are told.
      </PageHeader>
      <Card className="grid gap-5">
        <search className="grid gap-4 sm:grid-cols-[1fr_14rem] sm:items-start">
          <Field label="Find somebody" hint="By the beginning of their name.">
            {(field) => (
              <span className="relative block">
                <Search
                  className="pointer-events-none absolute top-3.5 left-3.5 size-4 text-ink-soft"
                  aria-hidden
                />
                <Input
                  {...field}
                  type="search"
                  autoComplete="off"
                  maxLength={60}
                  className="pl-10"
                  value={typed}
                  onChange={({ target }) => setTyped(target.value)}
                />
              </span>
            )}
          </Field>
          <Field label="Show">
            {(field) => (
              <Select
                {...field}
                value={status}
                onChange={({ target }) => isStatus(target.value) && setStatus(target.value)}
              >
                {Object.entries(STATUSES).map(([key, { label }]) => (
                  <option key={key} value={key}>
                    {label}
                  </option>
                ))}
              </Select>
            )}
          </Field>
        </search>
        <PeopleList status={status} prefix={prefix} />
      </Card>
    </>
  );
}

function PeopleList({ status, prefix }: { status: ListedStatus; prefix: string }) {
  const { challengeId } = useChallenge();
  const list = usePaginatedQuery(
    api.queries.participants.list,
    { challengeId, status, prefix },
    { initialNumItems: PAGE_SIZE },
  );
  const { results, status: loading } = list;
  if (loading === "LoadingFirstPage") {
    return (
      <Loading label="Loading people">
        <SkeletonRows count={6} />
      </Loading>
    );
  }
  if (results.length === 0) {
    return (
      <EmptyState
        icon={UserRoundSearch}
        title={prefix === "" ? STATUSES[status].empty : "Nobody found"}
      >
        {prefix === "" ? undefined : "Try fewer letters, or look among those who left."}
      </EmptyState>
    );
  }
  return (
    <>
      <ul className="grid divide-y divide-line">
        {results.map((person) => (
          <PersonRow key={person.userId} person={person} status={status} />
        ))}
      </ul>
      <MoreButton list={list} pageSize={PAGE_SIZE} />
    </>
  );
}
