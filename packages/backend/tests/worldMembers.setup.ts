import { api } from "../_generated/api";
import type { Of } from "./worldOperations.setup";
import { attempt, type Outcome, outcome, type Stage } from "./worldStage.setup";

const { challenges, participants, participations } = api.mutations;

/** Who is in, who is out with their points kept, and who stands on the boards. */
export class Members {
  constructor(private readonly stage: Stage) {}

  async leaveOrJoin({ kind, who }: Of<"leave"> | Of<"join">): Promise<Outcome> {
    const isIn = kind === "leave";
    const person = this.stage.personWho(who, ({ status }) => (status === "in") === isIn);
    const { challengeId } = this.stage.scene;
    const { status } = person;
    const { refusal } = await attempt(person.member.as.mutation(challenges[kind], { challengeId }));
    const isRefused = kind === "leave" ? status !== "in" : status === "banned";
    const code = isRefused ? "NOT_PARTICIPANT" : null;
    if (code === null) {
      person.status = kind === "join" ? "in" : "left";
      person.isFormer = false;
    }
    return { expected: outcome(code, { isNothing: status === person.status }), refusal };
  }

  async setRanked({ who, ranked }: Of<"rank">): Promise<Outcome> {
    const person = this.stage.person(who);
    const { challengeId } = this.stage.scene;
    const { refusal } = await attempt(
      person.member.as.mutation(participations.setRanked, { challengeId, ranked }),
    );
    const isNothing = person.isRanked === ranked;
    const code = person.status === "in" ? null : "NOT_PARTICIPANT";
    if (code === null) person.isRanked = ranked;
    return { expected: outcome(code, { isNothing }), refusal };
  }

  async expel({ kind, who, isProper }: Of<"remove person"> | Of<"ban">): Promise<Outcome> {
    const person = this.stage.person(who);
    const { challengeId, admin } = this.stage.scene;
    const { userId } = person.member;
    const reason = isProper ? "Not in the spirit of it" : "";
    const args = { challengeId, userId, points: "keep", reason } as const;
    const door = kind === "ban" ? participants.ban : participants.remove;
    const { refusal } = await attempt(admin.as.mutation(door, args));
    const isBan = kind === "ban" || person.status === "banned";
    const status = isBan ? "banned" : "removed";
    const isNothing = person.status === status;
    if (isProper && !isNothing) {
      const wasShown = person.isFormer || (person.status === "in" && person.isRanked);
      Object.assign(person, { status, isFormer: wasShown });
    }
    return { expected: outcome(isProper ? null : "INVALID_INPUT", { isNothing }), refusal };
  }

  async unban({ who, isProper }: Of<"unban">): Promise<Outcome> {
    const person = this.stage.personWho(who, ({ status }) => status === "banned");
    const { challengeId, admin, ada, bob } = this.stage.scene;
    const { userId } = person.member;
    // Nobody but an organiser may.
    const other = userId === ada.userId ? bob : ada;
    const caller = isProper ? admin : other;
    const { refusal } = await attempt(
      caller.as.mutation(participants.unban, { challengeId, userId }),
    );
    const otherStatus = this.stage.people.find((one) => one.userId === other.userId)?.status;
    const code = isProper ? null : otherStatus === "in" ? "NOT_CHALLENGE_ADMIN" : "NOT_PARTICIPANT";
    const isNothing = person.status !== "banned";
    if (isProper && !isNothing) person.status = "removed";
    return { expected: outcome(code, { isNothing }), refusal };
  }
}
