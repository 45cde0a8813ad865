import { api } from "@milepost/backend/api";
import type { Id } from "@milepost/backend/dataModel";
import { API_KEY_LIMITS } from "@milepost/backend/rules/apiKeys";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useQuery } from "convex/react";
import type { FunctionReturnType } from "convex/server";
import { BookOpen, KeyRound, Plus } from "lucide-react";
import { useState } from "react";
import { useConfig } from "../../app/context";
import { Button } from "../../components/Button";
import { Card, CardHeader } from "../../components/Card";
import { CopyButton } from "../../components/CopyButton";
import { Field, Select } from "../../components/Field";
import { PageHeader, usePageTitle } from "../../components/Page";
import { Loading, SkeletonRows } from "../../components/Skeleton";
import { EmptyState } from "../../components/States";
import { useNow } from "../../lib/useNow";
import { KeyRow } from "./KeyRow";
import { curlSample, splitKeys } from "./keyWords";
import { NewKeyDialog } from "./NewKeyDialog";

type MyChallenge = FunctionReturnType<typeof api.queries.challenges.mine>[number];

const route = getRouteApi("/settings/keys");

/** The person's keys to the HTTP API, one challenge at a time. */
export function KeysPage() {
  usePageTitle("API keys");
  const challenges = useQuery(api.queries.challenges.mine, {});
  const { challenge: wanted } = route.useSearch();
  const chosen = challenges?.find(({ challengeId }) => challengeId === wanted) ?? challenges?.[0];
  return (
    <>
      <PageHeader title="API keys">
        For your own programs: a key opens one challenge, as you.
      </PageHeader>
      {challenges === undefined && (
        <Card>
          <Loading label="Loading your challenges">
            <SkeletonRows count={3} />
          </Loading>
        </Card>
      )}
      {challenges?.length === 0 && <NoChallenge />}
      {challenges !== undefined && chosen !== undefined && (
        <>
          <ChallengeSelect challenges={challenges} chosen={chosen.challengeId} />
          <KeysCard key={chosen.challengeId} challenge={chosen} />
          <UseCard challengeId={chosen.challengeId} />
        </>
      )}
    </>
  );
}

function NoChallenge() {
  return (
    <Card>
      <EmptyState
        icon={KeyRound}
        title="You are in no challenge yet"
        action={
          <Button asChild>
            <Link to="/">Find a challenge</Link>
          </Button>
        }
      >
        A key opens a challenge you take part in. Join one, or create your own.
      </EmptyState>
    </Card>
  );
}

function ChallengeSelect({
  challenges,
  chosen,
}: {
  challenges: MyChallenge[];
  chosen: Id<"challenges">;
}) {
  const navigate = route.useNavigate();
  return (
    <Field label="Challenge" className="max-w-md">
      {(control) => (
        <Select
          {...control}
          value={chosen}
          onChange={({ target }) => {
            const next = challenges.find(({ challengeId }) => challengeId === target.value);
            if (next !== undefined)
              void navigate({ search: { challenge: next.challengeId }, replace: true });
          }}
        >
          {challenges.map(({ challengeId, name }) => (
            <option key={challengeId} value={challengeId}>
              {name}
            </option>
          ))}
        </Select>
      )}
    </Field>
  );
}

function KeysCard({ challenge }: { challenge: MyChallenge }) {
  const { challengeId, role } = challenge;
  const keys = useQuery(api.queries.apiKeys.list, { challengeId });
  const now = useNow();
  const [isMaking, setIsMaking] = useState(false);
  const { live, ended } = splitKeys(keys ?? [], now);
  const newKey = (
    <Button size="sm" onClick={() => setIsMaking(true)}>
      <Plus aria-hidden />
      New key
    </Button>
  );
  return (
    <Card>
      <CardHeader title="Your keys" action={live.length > 0 && newKey} />
      {keys === undefined && (
        <Loading label="Loading your keys">
          <SkeletonRows count={2} className="h-20" />
        </Loading>
      )}
      {keys !== undefined && live.length === 0 && (
        <EmptyState icon={KeyRound} title="No key yet" action={newKey} className="py-6">
          Make one to log from a watch, a script or a spreadsheet, or to read the board.
        </EmptyState>
      )}
      <ul aria-label="Keys that work" className="divide-y divide-line">
        {live.map((key) => (
          <KeyRow key={key.apiKeyId} row={key} now={now} />
        ))}
      </ul>
      {ended.length > 0 && (
        <details className="group mt-3">
          <summary className="inline-flex min-h-11 items-center rounded text-sm font-semibold text-accent-ink">
            Keys that ended ({ended.length})
          </summary>
          <ul aria-label="Keys that ended" className="divide-y divide-line">
            {ended.map((key) => (
              <KeyRow key={key.apiKeyId} row={key} now={now} />
            ))}
          </ul>
        </details>
      )}
      {isMaking && (
        <NewKeyDialog
          challengeId={challengeId}
          isOrganiser={role === "admin"}
          onClose={() => setIsMaking(false)}
        />
      )}
    </Card>
  );
}

/** How a key is used: a first call, the documentation, and the limits. */
function UseCard({ challengeId }: { challengeId: Id<"challenges"> }) {
  const { siteUrl } = useConfig();
  const sample = curlSample(siteUrl ?? "https://YOUR-SITE", challengeId);
  return (
    <Card className="grid gap-4 *:first:mb-0">
      <CardHeader
        title="Your first call"
        action={
          siteUrl !== null && (
            <Button asChild variant="secondary" size="sm">
              <a href={`${siteUrl}/api/v1/docs`} target="_blank" rel="noreferrer">
                <BookOpen aria-hidden />
                Documentation
              </a>
            </Button>
          )
        }
      />
      <p className="text-sm text-ink-soft">
        Put your key into the variable <code className="text-ink">MILEPOST_API_KEY</code> of your
        terminal, then:
      </p>
      <pre className="rounded-xl bg-sunken px-4 py-3 font-mono text-sm break-all whitespace-pre-wrap">
        {sample}
      </pre>
      <CopyButton text={sample} done="Call copied" size="sm" className="justify-self-start">
        Copy the call
      </CopyButton>
      <ul className="grid list-disc gap-1.5 pl-5 text-sm text-ink-soft marker:text-line-strong">
        <li>{API_KEY_LIMITS.callsPerMinute} calls a minute with each key.</li>
        <li>{API_KEY_LIMITS.live} keys that work at a time in one challenge.</li>
        <li>A key never does more than you may do yourself, and ends when you leave.</li>
        <li>
          Send an <code className="text-ink">Idempotency-Key</code> with what you log, so that a
          repeated call counts once.
        </li>
      </ul>
    </Card>
  );
}
