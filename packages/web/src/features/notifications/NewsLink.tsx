import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { pageOfNews, type Notification } from "./newsWords";

const CHALLENGE_PAGES = {
  history: "/c/$challengeId/history",
  board: "/c/$challengeId",
  awards: "/c/$challengeId/awards",
  organise: "/c/$challengeId/organise",
  organiseStrava: "/c/$challengeId/organise/strava",
  maintenance: "/c/$challengeId/organise/maintenance",
  standings: "/c/$challengeId/standings",
} as const;

interface NewsLinkProps {
  notification: Pick<Notification, "news" | "challengeId">;
  className?: string;
  onClick: () => void;
  children: ReactNode;
}

/** The words of a piece of news as the link to what it is about, or alone where there is nothing more to see. */
export function NewsLink({ notification, children, ...rest }: NewsLinkProps) {
  const { challengeId, news } = notification;
  const page = pageOfNews(news);
  if (page === "strava") {
    return (
      <Link to="/settings/strava" {...rest}>
        {children}
      </Link>
    );
  }
  if (page === null || challengeId === undefined) return <span>{children}</span>;
  return (
    <Link to={CHALLENGE_PAGES[page]} params={{ challengeId }} {...rest}>
      {children}
    </Link>
  );
}
