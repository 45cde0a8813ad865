import { api } from "@milepost/backend/api";
import type { Id } from "@milepost/backend/dataModel";
import { useQuery } from "convex/react";
import { useState } from "react";
import { Button } from "../../components/Button";
import { ColumnHead } from "../../components/ColumnHead";
import { Loading, SkeletonRows } from "../../components/Skeleton";
import { cn } from "../../lib/cn";
import { requestTime } from "./keyWords";

const SHOWN_AT_FIRST = 10;

/** The last hundred requests with a key: when, what, and how each ended. */
export function RequestLog({ apiKeyId, name }: { apiKeyId: Id<"apiKeys">; name: string }) {
  const [isWhole, setIsWhole] = useState(false);
  const requests = useQuery(api.queries.apiKeys.requests, { apiKeyId });
  if (requests === undefined) {
    return (
      <Loading label="Loading the requests">
        <SkeletonRows count={3} className="h-9" />
      </Loading>
    );
  }
  if (requests.length === 0) return <p className="pb-2 text-sm text-ink-soft">No request yet.</p>;
  const shown = isWhole ? requests : requests.slice(0, SHOWN_AT_FIRST);
  return (
    <div className="grid gap-2">
      <table className="w-full text-left text-sm">
        <caption className="sr-only">Requests of {name}, the newest first</caption>
        <thead className="border-b border-line text-ink-soft">
          <tr>
            <ColumnHead>When</ColumnHead>
            <ColumnHead>Request</ColumnHead>
            <ColumnHead isNumber>Status</ColumnHead>
          </tr>
        </thead>
        <tbody className="divide-y divide-line">
          {shown.map(({ seq, at, method, route, status }) => (
            <tr key={seq}>
              <td className="py-2 pr-3 tabular-nums sm:whitespace-nowrap">{requestTime(at)}</td>
              <td className="py-2 pr-3 font-mono break-all">
                {method.toUpperCase()} {route}
              </td>
              <td
                className={cn(
                  "py-2 text-right font-semibold whitespace-nowrap tabular-nums",
                  status >= 400 && "text-danger-ink",
                )}
              >
                {status}
                {status >= 400 && <span className="sr-only">, refused</span>}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {shown.length < requests.length && (
        <Button size="sm" variant="secondary" onClick={() => setIsWhole(true)}>
          Show all {requests.length}
        </Button>
      )}
    </div>
  );
}
