import { useState } from "react";
import { Card } from "../../components/Card";
import { Choice } from "../../components/Field";
import { preferredSystem, rememberSystem, type UnitSystem } from "../../lib/unitChoice";

const SYSTEMS: Array<{ system: UnitSystem; label: string }> = [
  { system: "metric", label: "Kilometres and metres" },
  { system: "imperial", label: "Miles and feet" },
];

/** What lengths and climbs are shown and typed in; kept on this device, as each form remembers its own choice there too. */
export function UnitsCard() {
  const [system, setSystem] = useState(preferredSystem);
  function choose(wish: UnitSystem): void {
    rememberSystem(wish);
    setSystem(wish);
  }
  return (
    <Card>
      <fieldset className="grid gap-3 sm:grid-cols-2">
        <legend className="mb-3 text-lg font-bold">Units</legend>
        {SYSTEMS.map(({ system: wish, label }) => (
          <Choice
            key={wish}
            type="radio"
            name="units"
            label={label}
            checked={system === wish}
            onChange={() => choose(wish)}
          />
        ))}
      </fieldset>
      <p className="mt-3 text-sm text-ink-soft">
        On this device. Your points are the same either way.
      </p>
    </Card>
  );
}
