import { api } from "@milepost/backend/api";
import { useMutation } from "convex/react";
import { ChevronDown } from "lucide-react";
import { useState } from "react";
import { Badge } from "../../components/Badge";
import { Button } from "../../components/Button";
import { ConfirmDialog } from "../../components/ConfirmDialog";
import { formatDate, formatInstant } from "../../lib/format";
import { useDo } from "../../lib/useDo";
import { keyState, lifeWords, SCOPES, type Key } from "./keyWords";
import { RequestLog } from "./RequestLog";

/** A key: what it may do, until when, when it was used last, its requests, and its end. */
export function KeyRow({ row, now }: { row: Key; now: number }) {
  const [isOpen, setIsOpen] = useState(false);
  const { name, last4, scopes, createdAt, lastUsedAt } = row;
  const logId = `log-${row.apiKeyId}`;
  return (
    <li className="grid gap-2 py-4 first:pt-0 last:pb-0">
      <div className="flex flex-wrap items-start justify-between gap-x-4 gap-y-2">
        <div className="grid min-w-0 flex-1 basis-52 gap-1">
          <p className="font-semibold break-words">{name}</p>
          <p className="text-sm text-ink-soft">
            Ends in <code className="font-mono text-ink">{last4}</code> · Made{" "}
            {formatDate(createdAt)}
          </p>
          <p className="text-sm text-ink-soft">
            {lifeWords(row, now)} ·{" "}
            {lastUsedAt === undefined ? "Never used" : `Last used ${formatInstant(lastUsedAt)}`}
          </p>
        </div>
        <p className="flex flex-wrap gap-1.5">
          {SCOPES.filter(({ scope }) => scopes.includes(scope)).map(({ scope, label }) => (
            <Badge key={scope} tone={scope === "admin" ? "flame" : "accent"}>
              {label}
            </Badge>
          ))}
        </p>
      </div>
      <div className="flex flex-wrap items-center justify-between gap-2">
        <button
          type="button"
          aria-expanded={isOpen}
          aria-controls={isOpen ? logId : undefined}
          className="inline-flex min-h-11 items-center gap-1 rounded text-sm font-semibold text-accent-ink"
          onClick={() => setIsOpen(!isOpen)}
        >
          Last requests<span className="sr-only"> of {name}</span>
          <ChevronDown aria-hidden className={isOpen ? "size-4 rotate-180" : "size-4"} />
        </button>
        {keyState(row, now) === "live" && <RevokeButton row={row} />}
      </div>
      {isOpen && (
        <div id={logId}>
          <RequestLog apiKeyId={row.apiKeyId} name={name} />
        </div>
      )}
    </li>
  );
}

function RevokeButton({ row }: { row: Key }) {
  const revoke = useMutation(api.mutations.apiKeys.revoke);
  const { isPending, run } = useDo();
  return (
    <ConfirmDialog
      title={`Revoke ${row.name}?`}
      confirm="Revoke key"
      onConfirm={() => run(() => revoke({ apiKeyId: row.apiKeyId }), `${row.name} is revoked.`)}
      trigger={
        <Button size="sm" variant="secondary" pending={isPending}>
          Revoke<span className="sr-only"> {row.name}</span>
        </Button>
      }
    >
      Its next call is refused. What was logged with it stays. A revoked key cannot be brought back.
    </ConfirmDialog>
  );
}
