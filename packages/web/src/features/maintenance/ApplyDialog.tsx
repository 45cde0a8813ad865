import { TypedConfirm } from "../../components/TypedConfirm";

const DEEDS = {
  repair: {
    title: "Repair the totals?",
    meaning:
      "Everything that is counted from the activities is written anew where it differs. The activities and the record of points stay as they are.",
    word: "repair",
    confirm: "Apply the repair",
  },
  rescore: {
    title: "Score everything anew?",
    meaning:
      "Every activity gets the points of the rules of now, and streaks and awards follow. People see their points change, each with a reason.",
    word: "rescore",
    confirm: "Apply the rescore",
  },
  backfill: {
    title: "Rebuild everything?",
    meaning:
      "All sums, boards and ranks are built again from the activities. Pages show what was stored until it is through.",
    word: "rebuild",
    confirm: "Rebuild",
  },
} as const;

interface ApplyDialogProps {
  kind: keyof typeof DEEDS;
  /** Does it; what it throws stands in the dialog. */
  onApply: () => Promise<void>;
  onClose: () => void;
}

/** Asks for the deed as a typed word before a whole challenge is written to. */
export function ApplyDialog({ kind, onApply, onClose }: ApplyDialogProps) {
  const { title, meaning, word, confirm } = DEEDS[kind];
  return (
    <TypedConfirm
      title={title}
      description="It can be paused, cancelled and resumed at any time."
      word={word}
      confirm={confirm}
      onConfirm={onApply}
      onClose={onClose}
    >
      <p>{meaning}</p>
    </TypedConfirm>
  );
}
