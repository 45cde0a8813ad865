import { Award, Check } from "lucide-react";
import { Badge } from "../../components/Badge";
import { ProgressBar } from "../../components/ProgressBar";
import { cn } from "../../lib/cn";
import { formatSigned } from "../../lib/format";
import {
  criteriaWords,
  earnedWords,
  frequencyWords,
  isOpenTo,
  pointsOf,
  towardsWords,
  type Achievement,
  type NameOf,
  type OwnProgress,
} from "./awardWords";

interface AchievementItemProps {
  achievement: Achievement;
  /** Of the viewer; null for somebody who does not take part. */
  own: OwnProgress | null;
  nameOf: NameOf;
}

/** One achievement: what it asks and gives, how far the viewer is, and what they earned. */
export function AchievementItem({ achievement, own, nameOf }: AchievementItemProps) {
  const { name, description, criteria, frequency, points, isArchived, isEvaluating } = achievement;
  const awards = own?.awards ?? [];
  const isEarned = awards.length > 0;
  return (
    <li className="flex gap-4 py-5">
      <span
        className={cn(
          "grid size-12 shrink-0 place-items-center rounded-2xl",
          isEarned ? "bg-flame-soft text-flame-ink" : "bg-sunken text-ink-soft",
        )}
      >
        <Award className="size-6" aria-hidden />
      </span>
      <div className="grid min-w-0 flex-1 gap-2">
        <div className="flex items-start justify-between gap-3">
          <h3 className="min-w-0 leading-6 font-bold">{name}</h3>
          <span className="leading-6 font-bold whitespace-nowrap tabular-nums">
            {formatSigned(points)}
            <span className="text-sm font-medium text-ink-soft"> points</span>
          </span>
        </div>
        {description !== "" && <p>{description}</p>}
        <p className="text-sm text-ink-soft">
          {criteriaWords(criteria, nameOf)} {frequencyWords(frequency)}.
        </p>
        {isEarned && <Earned awards={awards} points={points} />}
        {own !== null && isOpenTo(achievement, awards) && (
          <Towards achievement={achievement} own={own} />
        )}
        <span className="flex flex-wrap gap-2 empty:hidden">
          {isArchived && <Badge>Not given any more</Badge>}
          {isEvaluating && !isArchived && <Badge>Being worked out for everybody</Badge>}
        </span>
      </div>
    </li>
  );
}

function Earned({ awards, points }: { awards: OwnProgress["awards"]; points: number }) {
  const total = pointsOf(awards);
  return (
    <p className="flex items-start gap-1.5 text-sm font-semibold text-flame-ink">
      <Check className="mt-0.5 size-4 shrink-0" aria-hidden />
      <span>
        {earnedWords(awards)}
        {total !== points && `, ${formatSigned(total)} points altogether`}
      </span>
    </p>
  );
}

function Towards({ achievement, own }: { achievement: Achievement; own: OwnProgress }) {
  const words = towardsWords(achievement, own);
  return (
    <div className="grid gap-1.5 pt-1">
      <ProgressBar label={`${achievement.name}: ${words}`} value={own.value} max={own.target} />
      <p className="text-sm tabular-nums">{words}</p>
    </div>
  );
}
