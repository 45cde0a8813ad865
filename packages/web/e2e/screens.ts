/** Every screen of the product: its name (of its pictures too) and its path. A new page gets a line here. */

type Screens = Record<string, string>;

export const STRANGER_SCREENS: Screens = {
  welcome: "/",
  "sign-in": "/sign-in",
  "not-found": "/nowhere",
  "platform-signed-out": "/platform/jobs",
};

export const PARTICIPANT_SCREENS = (challenge: string): Screens => ({
  home: "/",
  "new-challenge": "/new",
  board: challenge,
  "board-week": `${challenge}?week=2`,
  "board-around": `${challenge}?near=me`,
  standings: `${challenge}/standings`,
  progress: `${challenge}/progress`,
  log: `${challenge}/log`,
  history: `${challenge}/history`,
  "history-deleted": `${challenge}/history?status=deleted`,
  "history-day-by-day": `${challenge}/history?view=ledger`,
  import: `${challenge}/import`,
  about: `${challenge}/about`,
  awards: `${challenge}/awards`,
  "organisers-only": `${challenge}/organise`,
  notifications: "/notifications",
  settings: "/settings",
  "platform-hidden": "/platform",
  strava: "/settings/strava",
  "strava-scope": "/settings?strava=scope",
  keys: "/settings/keys",
  account: "/settings/account",
});

export const ORGANISER_SCREENS = (challenge: string): Screens => ({
  overview: `${challenge}/organise`,
  review: `${challenge}/organise/review`,
  "review-held": `${challenge}/organise/review?show=held`,
  "review-appeals": `${challenge}/organise/review?show=appeals`,
  people: `${challenge}/organise/people`,
  rules: `${challenge}/organise/rules`,
  "rule-new": `${challenge}/organise/rules/new?from=drinks`,
  achievements: `${challenge}/organise/achievements`,
  "achievement-new": `${challenge}/organise/achievements/new`,
  games: `${challenge}/organise/games`,
  "game-new": `${challenge}/organise/games/new`,
  "challenge-settings": `${challenge}/organise/settings`,
  maintenance: `${challenge}/organise/maintenance`,
  decisions: `${challenge}/organise/decisions`,
  "organise-strava": `${challenge}/organise/strava`,
  "account-of-an-organiser": "/settings/account",
});

export const PLATFORM_SCREENS: Screens = {
  challenges: "/platform",
  people: "/platform/people",
  jobs: "/platform/jobs",
  strava: "/platform/strava",
};
