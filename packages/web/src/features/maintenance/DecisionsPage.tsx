import { api } from "@milepost/backend/api";
import { Link } from "@tanstack/react-router";
import { usePaginatedQuery } from "convex/react";
import { Gavel } from "lucide-react";
import { Avatar } from "../../components/Avatar";
import { Card } from "../../components/Card";
import { MoreButton } from "../../components/MoreButton";
import { PageHeader, usePageTitle } from "../../components/Page";
import { Loading, SkeletonRows } from "../../components/Skeleton";
import { EmptyState } from "../../components/States";
import { formatInstant } from "../../lib/format";
import { useChallenge } from "../challenges/challengeContext";
import { decisionWords, isAboutNobody, type Decision } from "./decisionWords";

const PAGE_SIZE = 25;

/** The log of what organisers decided about people and their activities. */
export function DecisionsPage() {
  usePageTitle("Decisions");
  const { challengeId } = useChallenge();
  const list = usePaginatedQuery(
    api.queries.moderation.log,
    { challengeId },
    { initialNumItems: PAGE_SIZE },
  );
  const { results, status } = list;
  return (
    <>
      <PageHeader title="What organisers did">
        Every decision about people, rules and settings, with who made it and why. Corrected points
        are in each person’s history.
      </PageHeader>
      <Card>
        {status === "LoadingFirstPage" && (
          <Loading label="Loading the decisions">
            <SkeletonRows count={5} />
          </Loading>
        )}
        {status === "Exhausted" && results.length === 0 && (
          <EmptyState icon={Gavel} title="No decision so far">
            When an organiser settles a doubt, answers an appeal or removes somebody, it stands
            here.
          </EmptyState>
        )}
        <ul className="divide-y divide-line">
          {results.map((decision) => (
            <DecisionItem
              key={`${decision.at} ${decision.action} ${decision.userId}`}
              decision={decision}
            />
          ))}
        </ul>
        <MoreButton list={list} pageSize={PAGE_SIZE} className="mt-4 w-full">
          Show older decisions
        </MoreButton>
      </Card>
    </>
  );
}

function DecisionItem({ decision }: { decision: Decision }) {
  const { challengeId } = useChallenge();
  const { actor, userId, note, at } = decision;
  return (
    <li className="flex items-start gap-3 py-3.5 first:pt-0">
      <Avatar name={actor} seed={actor} />
      <div className="grid min-w-0 flex-1 gap-0.5">
        <p>
          <span className="font-semibold">{actor}</span> {decisionWords(decision)}
        </p>
        {note !== undefined && (
          <p className="text-sm whitespace-pre-line text-ink-soft">“{note}”</p>
        )}
        <p className="flex flex-wrap items-center gap-x-3 text-sm text-ink-soft">
          {formatInstant(at)}
          {!isAboutNobody(decision) && (
            <Link
              to="/c/$challengeId/history"
              params={{ challengeId }}
              search={{ person: userId }}
              className="inline-flex min-h-6 items-center font-semibold text-accent-ink underline underline-offset-4"
            >
              Their history
            </Link>
          )}
        </p>
      </div>
    </li>
  );
}
