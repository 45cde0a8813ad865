/** The milestone of Milepost with its name. */
export function Logo() {
  return (
    <span className="inline-flex items-center gap-2.5 text-lg font-extrabold tracking-tight">
      <svg viewBox="0 0 32 32" className="size-8" aria-hidden>
        <rect width="32" height="32" rx="9" className="fill-accent" />
        <path d="M9 26V13a7 7 0 0 1 14 0v13z" className="fill-on-accent" />
        <path
          d="M13 20.5l3-6 3 6"
          className="fill-none stroke-accent"
          strokeWidth="2.2"
          strokeLinecap="round"
          strokeLinejoin="round"
        />
        <path d="M6 26h20" className="stroke-on-accent" strokeWidth="2.2" strokeLinecap="round" />
      </svg>
      Milepost
    </span>
  );
}
