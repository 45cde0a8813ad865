import { Field, Select } from "../../components/Field";

interface StatusSelectProps<Status extends string> {
  names: Record<Status, string>;
  shown: readonly Status[];
  value: Status;
  onChange: (status: Status) => void;
}

/** Chooses which of several states a list shows. */
export function StatusSelect<Status extends string>({
  names,
  shown,
  value,
  onChange,
}: StatusSelectProps<Status>) {
  return (
    <Field label="Show" className="max-w-60">
      {(control) => (
        <Select
          {...control}
          value={value}
          onChange={({ target }) => {
            const chosen = shown.find((status) => status === target.value);
            if (chosen !== undefined) onChange(chosen);
          }}
        >
          {shown.map((status) => (
            <option key={status} value={status}>
              {names[status]}
            </option>
          ))}
        </Select>
      )}
    </Field>
  );
}
