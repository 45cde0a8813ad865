import { useEffect, useRef } from "react";
import { Button } from "../../components/Button";

/** How far below the view the end of the list may be before more is loaded. */
const AHEAD = "900px";

/** Loads more when the end of a list comes near; a button as well, for those who do not scroll. */
export function LoadMore({ isLoading, onMore }: { isLoading: boolean; onMore: () => void }) {
  const end = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = end.current;
    if (element === null || isLoading) return;
    const observer = new IntersectionObserver(
      (entries) => {
        if (entries.some(({ isIntersecting }) => isIntersecting)) onMore();
      },
      { rootMargin: AHEAD },
    );
    observer.observe(element);
    return () => observer.disconnect();
  }, [isLoading, onMore]);
  return (
    <div ref={end} className="border-t border-line p-4">
      <Button variant="secondary" className="w-full" pending={isLoading} onClick={onMore}>
        {isLoading ? "Loading more" : "Show more"}
      </Button>
    </div>
  );
}
