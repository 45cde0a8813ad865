import {
  Activity,
  Bike,
  CupSoda,
  Dumbbell,
  Flower2,
  Footprints,
  HeartPulse,
  Rabbit,
  Ship,
  Waves,
  Zap,
  type LucideIcon,
} from "lucide-react";

const ICONS: Record<string, LucideIcon> = {
  run: Rabbit,
  walk: Footprints,
  ride: Bike,
  row: Ship,
  swim: Waves,
  highIntensity: Zap,
  lowIntensity: HeartPulse,
  yoga: Flower2,
  strength: Dumbbell,
  drinks: CupSoda,
};

/** The picture of an activity type, by its key in the starter catalogue; types of one's own share one. */
export function ActivityIcon({ catalogueKey }: { catalogueKey: string | undefined }) {
  const Icon = ICONS[catalogueKey ?? ""] ?? Activity;
  return <Icon className="size-4.5 shrink-0" aria-hidden />;
}
