import { ChevronDown, CircleAlert } from "lucide-react";
import { useId, type ComponentProps, type ReactNode } from "react";
import { cn } from "../lib/cn";

/** What a control needs so that its label, hint and error are announced with it. */
interface ControlProps {
  id: string;
  "aria-describedby": string | undefined;
  "aria-invalid": true | undefined;
}

interface FieldProps {
  label: ReactNode;
  hint?: ReactNode;
  error?: string | undefined;
  className?: string;
  children: (control: ControlProps) => ReactNode;
}

/** A labelled control with its hint and error. */
export function Field({ label, hint, error, className, children }: FieldProps) {
  const id = useId();
  const hintId = hint === undefined ? null : `${id}-hint`;
  const errorId = error === undefined ? null : `${id}-error`;
  const describedBy = [hintId, errorId].filter((part) => part !== null).join(" ");
  return (
    <div className={cn("grid gap-1.5", className)}>
      <label htmlFor={id} className="text-sm font-semibold">
        {label}
      </label>
      {children({
        id,
        "aria-describedby": describedBy === "" ? undefined : describedBy,
        "aria-invalid": error === undefined ? undefined : true,
      })}
      {hintId !== null && (
        <p id={hintId} className="text-sm text-ink-soft">
          {hint}
        </p>
      )}
      {errorId !== null && <FieldError id={errorId}>{error}</FieldError>}
    </div>
  );
}

/** What is wrong with a field; announced at once. */
export function FieldError({ id, children }: { id?: string; children: ReactNode }) {
  return (
    <p
      id={id}
      role="alert"
      className="flex items-start gap-1.5 text-sm font-medium text-danger-ink"
    >
      <CircleAlert className="mt-0.5 size-4 shrink-0" aria-hidden />
      <span>{children}</span>
    </p>
  );
}

const controlClasses =
  "w-full min-w-0 rounded-xl border border-line-strong bg-surface px-3.5 text-base text-ink placeholder:text-ink-soft aria-invalid:border-danger aria-invalid:ring-1 aria-invalid:ring-danger disabled:bg-sunken disabled:text-ink-soft";

export function Input({ className, ...rest }: ComponentProps<"input">) {
  return <input className={cn(controlClasses, "h-11", className)} {...rest} />;
}

export function Textarea({ className, ...rest }: ComponentProps<"textarea">) {
  return <textarea className={cn(controlClasses, "min-h-20 py-2.5", className)} {...rest} />;
}

/** The platform's own select: the best one on a phone, and the most accessible. */
export function Select({ className, ...rest }: ComponentProps<"select">) {
  return (
    <span className={cn("relative block", className)}>
      <select className={cn(controlClasses, "h-11 appearance-none truncate pr-10")} {...rest} />
      <ChevronDown
        className="pointer-events-none absolute top-3.5 right-3 size-4 text-ink-soft"
        aria-hidden
      />
    </span>
  );
}

interface CheckboxProps extends ComponentProps<"input"> {
  label: ReactNode;
  hint?: ReactNode;
}

/** A checkbox or radio with its label as one large target; the frame shows what is chosen. */
export function Choice({ label, hint, className, type = "checkbox", ...rest }: CheckboxProps) {
  const id = useId();
  const [labelId, hintId] = [`${id}-label`, `${id}-hint`];
  return (
    <label
      className={cn(
        "flex min-h-11 items-start gap-3 rounded-xl border border-line bg-surface px-3.5 py-2.5 transition-colors hover:bg-sunken has-checked:border-accent has-checked:bg-accent-soft has-focus-visible:outline-3 has-focus-visible:outline-offset-2 has-focus-visible:outline-accent",
        className,
      )}
    >
      <input
        type={type}
        className="mt-0.5 size-5 shrink-0 accent-accent outline-none"
        // The hint stands inside the label to widen the target; it describes the choice, it does not name it.
        aria-labelledby={labelId}
        aria-describedby={hint === undefined ? undefined : hintId}
        {...rest}
      />
      <span className="grid min-w-0">
        <span id={labelId} className="font-semibold">
          {label}
        </span>
        {hint !== undefined && (
          <span id={hintId} className="text-sm text-ink-soft">
            {hint}
          </span>
        )}
      </span>
    </label>
  );
}
