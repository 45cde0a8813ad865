import { isZone } from "@milepost/backend/rules/dates";
import type { ComponentProps } from "react";
import { formatZone } from "../lib/format";
import { Select } from "./Field";

/** Every zone of this browser, and the chosen one when the browser does not list it (UTC, old names). */
function zonesWith(chosen: string | undefined): string[] {
  const zones = new Set(["UTC", ...Intl.supportedValuesOf("timeZone")]);
  if (chosen !== undefined && isZone(chosen)) zones.add(chosen);
  return [...zones].sort();
}

/** Chooses an IANA zone. `chosen` is the value the form starts with. */
export function ZoneSelect({
  chosen,
  ...rest
}: ComponentProps<"select"> & { chosen: string | undefined }) {
  return (
    <Select {...rest}>
      {zonesWith(chosen).map((zone) => (
        <option key={zone} value={zone}>
          {formatZone(zone)}
        </option>
      ))}
    </Select>
  );
}
