import { useState, type ReactNode } from "react";
import { Button } from "./Button";
import { Dialog } from "./Dialog";
import { Field, FieldError, Input } from "./Field";

interface TypedConfirmProps {
  title: string;
  description: ReactNode;
  /** What it means, in full. */
  children: ReactNode;
  /** What has to be typed, to the letter. */
  word: string;
  confirm: string;
  /** Does it; answers what went wrong in words, null when it is done. */
  onConfirm: () => Promise<string | null>;
  onClose: () => void;
}

/** Asks for a word before something that cannot be taken back. */
export function TypedConfirm(props: TypedConfirmProps) {
  const { title, description, children, word, confirm, onConfirm, onClose } = props;
  const [typed, setTyped] = useState("");
  const [isPending, setIsPending] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);

  async function submit(): Promise<void> {
    if (typed.trim() !== word) {
      setProblem(`Type ${word} first.`);
      return;
    }
    setIsPending(true);
    const answer = await onConfirm();
    setIsPending(false);
    if (answer === null) onClose();
    else setProblem(answer);
  }

  return (
    <Dialog
      open
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title={title}
      description={description}
    >
      <form
        noValidate
        className="grid gap-5"
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        {children}
        <Field
          label={
            <>
              Type <strong className="select-all">{word}</strong> to confirm
            </>
          }
        >
          {(field) => (
            <Input
              {...field}
              autoComplete="off"
              autoCapitalize="none"
              spellCheck={false}
              value={typed}
              onChange={({ target }) => setTyped(target.value)}
            />
          )}
        </Field>
        {problem !== null && <FieldError>{problem}</FieldError>}
        <div className="flex flex-wrap justify-end gap-3">
          <Button variant="secondary" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" variant="danger" pending={isPending}>
            {confirm}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
