import type { World } from "./authorization.setup";
import { type ArgsOf, type Door, here, plus, sharedCases, under } from "./authorizationCases.setup";
import { TODAY } from "./ledger.setup";

const ofGame =
  (which: "draft" | "active"): ArgsOf =>
  ({ games }: World) => ({ gameId: games[which] });
const draft = ofGame("draft");
const active = ofGame("active");

const SETTINGS = "kind sharePercent catchPoints caughtPoints recordPoints";
const GAME = [
  "gameId challengeId name startsOn endsOn status dueAt isChanging players failures completedAt",
  "cancelledBecause",
  under("settings", SETTINGS),
].join(" ");
const PERSON = "userId displayName";
const LINES = "lines.kind lines.points";
const inPage = (names: string) =>
  names
    .split(" ")
    .map((name) => `page.${name}`)
    .join(" ");

/** Who may call the functions of mini-games and final standings. */
export const gamesDoors: Record<string, Door> = {
  "mutations/miniGames:create": {
    answers: "gameId",
    cases: [
      [
        "admins",
        "at any time",
        plus(here, {
          name: "Another",
          startsOn: "2026-06-15",
          endsOn: "2026-06-21",
          settings: { kind: "prWeek" },
        }),
      ],
    ],
  },
  "mutations/miniGames:update": {
    answers: "",
    cases: [["admins", "of a draft", plus(draft, { name: "Renamed" })]],
  },
  "mutations/miniGames:start": {
    answers: "",
    cases: [
      ["adminsOnce", "of a draft", draft],
      ["adminsTooEarly", "of one that has started", active],
    ],
  },
  "mutations/miniGames:end": {
    answers: "",
    cases: [
      ["adminsTooEarly", "of a draft", draft],
      ["adminsOnce", "of one that is played", active],
    ],
  },
  "mutations/miniGames:cancel": { answers: "", cases: [["adminsOnce", "of a draft", draft]] },
  "mutations/miniGames:reverse": {
    answers: "",
    cases: [["adminsTooEarly", "of one that is not completed", active]],
  },
  "queries/miniGames:list": { answers: GAME, cases: sharedCases() },
  "queries/miniGames:get": {
    answers: [
      GAME,
      under("viewer", "startRank counterparts pointsIfEndedNow"),
      inViewer(`role ${PERSON} isBehind`),
    ].join(" "),
    cases: [["viewers", "of one that is played", active]],
  },
  "queries/miniGames:results": {
    answers: `page continueCursor ${inPage(`position ${PERSON} state points lines ${LINES}`)}`,
    cases: [["viewersOfNothing", "of one that is not completed", active]],
  },
  "queries/miniGames:previewStart": {
    answers: `players page continueCursor ${inPage(
      `position rank totalPoints ${PERSON} counterparts counterparts.role counterparts.userId counterparts.displayName`,
    )}`,
    cases: [
      ["admins", "of a draft", draft],
      ["adminsTooEarly", "of one that has started", active],
    ],
  },
  "queries/miniGames:previewEnd": {
    answers: `players endsOn page continueCursor ${inPage(`position ${PERSON} isSkipped points lines ${LINES}`)}`,
    cases: [
      ["adminsTooEarly", "of a draft", plus(draft, { today: TODAY })],
      ["admins", "of one that is played", plus(active, { today: TODAY })],
    ],
  },
  "queries/miniGames:progress": {
    answers: "phase done players failures",
    cases: [["adminsOfNothing", "of one that is not settled", active]],
  },
  "queries/standings:final": {
    answers: `version readyAt page continueCursor ${inPage(`position rank ${PERSON} totalPoints`)}`,
    cases: [["viewersOfNothing", "before they are frozen", here]],
  },
};

function inViewer(names: string): string {
  return names
    .split(" ")
    .map((name) => `viewer.counterparts.${name}`)
    .join(" ");
}
