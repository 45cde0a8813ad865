import type { ImportResult, SkipReason } from "../../tables/imports";
import { type Checked, type Refusal, refuse } from "../errors";
import {
  checkImportRow,
  cleanTitle,
  contentOf,
  type ImportRow,
  isLikelyDuplicate,
  takesSport,
} from "../rules/importRows";
import type { BookRow } from "../rules/daySheets";
import type { HeldRow, StoredActivity, StoredHeld } from "../rules/ledger";
import type { LedgerBook } from "../rules/ledgerBook";
import { decideEdit, decideLog } from "../rules/ledgerDecisions";
import type { ExternalSource } from "../rules/deeds";
import type { TypeRule } from "../rules/ledger";
import type { Ledger, LedgerReads, Owner } from "./ports";
import { commit, openBook, type VerbArgs } from "./commit";
import { editTypes, openEdit, openLog } from "./verbs";

export interface ImportArgs extends VerbArgs {
  source: ExternalSource;
  rows: readonly ImportRow[];
  /** Imports rows that look like a duplicate of another source. */
  allowDuplicates?: boolean;
}

type Outcome = Omit<ImportResult, "externalId">;

const EXISTS: Outcome = { status: "exists" };

function skipped(reason: SkipReason): Outcome {
  return { status: "skipped", reason };
}

/** Refusals of one row, which skip it; any other is of the whole call. */
const ROW_REFUSALS = [
  "INVALID_INPUT",
  "OUTSIDE_CHALLENGE_DATES",
  "NOT_AVAILABLE_THIS_WEEK",
  "LIMIT_REACHED",
  "CHALLENGE_FINAL",
] as const satisfies SkipReason[];

function skippedBy(refusal: Refusal): Outcome {
  const reason = ROW_REFUSALS.find((code) => code === refusal.code);
  return reason === undefined ? refuse(refusal) : skipped(reason);
}

/** What is written of a row that is held: `after` null when it is an activity now. */
interface HeldChange {
  before: StoredHeld | null;
  after: HeldRow | null;
}

/** One chunk being decided: every row against what the rows before it left in the book. */
class ImportChunk {
  /** What was written, by external id: rows of the chunk that come later may still re-price it. */
  private readonly written = new Map<string, Pick<BookRow, "now">>();
  readonly held: HeldChange[] = [];
  /** Why rows were refused, for whoever imports one row and has to tell. */
  readonly refusals = new Map<string, Refusal>();
  private roomToHold: number | undefined;
  private readonly stored = new Map<string, StoredActivity | null>();
  private readonly types = new Map<string, TypeRule | null>();
  private readonly days = new Map<string, StoredActivity[]>();
  /** The admin's words are kept once, with the chunk's first event. */
  private note: string | undefined;

  constructor(
    private readonly reads: LedgerReads,
    private readonly book: LedgerBook,
    private readonly args: ImportArgs,
  ) {
    this.note = args.note;
  }

  /** What becomes of each row. Of two rows with one id the first wins, also on the next import. */
  async decideAll(): Promise<ImportResult[]> {
    const { rows } = this.args;
    const first = new Map<string, ImportRow>();
    for (const row of rows) if (!first.has(row.externalId)) first.set(row.externalId, row);
    const outcomes = new Map<string, Outcome>();
    for (const row of first.values()) outcomes.set(row.externalId, await this.decide(row));
    await this.retryFull(first, outcomes);
    return rows.map((row) => {
      const { externalId } = row;
      const pointsEarned = this.written.get(externalId)?.now?.pointsEarned;
      const known = outcomes.get(externalId) ?? EXISTS;
      const outcome = pointsEarned === undefined ? known : { ...known, pointsEarned };
      const isRepeated = first.get(externalId) !== row;
      return { externalId, ...(isRepeated && outcome.status !== "skipped" ? EXISTS : outcome) };
    });
  }

  /**
   * A row that moves away makes room for one that was refused before it. Those are decided again until none fits, so
   * that the next import of the same chunk finds nothing to do.
   */
  private async retryFull(rows: Map<string, ImportRow>, outcomes: Map<string, Outcome>) {
    let mayFit = [...outcomes.values()].some(({ status }) => status === "updated");
    while (mayFit) {
      mayFit = false;
      for (const [externalId, { reason }] of outcomes) {
        const row = rows.get(externalId);
        if (reason !== "LIMIT_REACHED" || row === undefined) continue;
        const outcome = await this.decide(row);
        outcomes.set(externalId, outcome);
        mayFit ||= outcome.status === "updated";
      }
    }
  }

  private async decide(row: ImportRow): Promise<Outcome> {
    const shape = checkImportRow(row);
    if (!shape.ok) return skippedBy(shape.refusal);
    const existing = await this.storedRow(row.externalId);
    return existing === null ? await this.create(row) : await this.update(row, existing);
  }

  private async create(row: ImportRow): Promise<Outcome> {
    const type = await this.typeOf(row.sport);
    if (!takesSport(type, null, row)) return skipped("UNMAPPED_SPORT");
    const { externalId, loggedDate, metrics, startedAt: startedAtMs } = row;
    const known = await this.reads.held.ofExternalId(this.owner(), this.args.source, externalId);
    if (known?.status === "discarded") return skipped("DELETED");
    await openLog(this.reads, this.book, type, loggedDate);
    const change = decideLog(this.book, type, {
      loggedDate,
      metrics,
      startedAtMs,
      externalId,
      title: cleanTitle(row.title),
      importedContent: contentOf(row),
      source: this.args.source,
      note: this.note,
    });
    if (!change.ok) return this.refused(row, change.refusal);
    const twin = this.args.allowDuplicates ? undefined : await this.twinOf(row, type);
    if (twin !== undefined) return await this.hold(row, twin, known);
    const answer = this.book.post(change.value);
    if (!answer.ok) return this.refused(row, answer.refusal);
    if (known !== null) this.held.push({ before: known, after: null });
    return this.posted(answer, "created", externalId);
  }

  /** A row that looks like `twin` waits for its person's decision and counts nothing until then. */
  private async hold(
    row: ImportRow,
    twin: StoredActivity,
    known: StoredHeld | null,
  ): Promise<Outcome> {
    this.roomToHold ??= await this.reads.held.room(this.owner());
    if (known === null && this.roomToHold <= 0) return skipped("LIKELY_DUPLICATE");
    const { externalId, sport, startedAt, loggedDate, metrics } = row;
    const content = { sport, startedAt, loggedDate, metrics, title: cleanTitle(row.title) };
    const { source } = this.args;
    const isKnown =
      known?.row &&
      known.twinId === twin._id &&
      known.row.title === content.title &&
      contentOf({ externalId, ...known.row }) === contentOf(row);
    if (!isKnown) {
      const at = known?.at ?? this.book.posting.at;
      const facts = { source, externalId, status: "held", row: content, twinId: twin._id } as const;
      this.held.push({ before: known, after: { ...this.owner(), ...facts, at } });
    }
    if (known === null) this.roomToHold -= 1;
    return { status: "held", reason: "LIKELY_DUPLICATE" };
  }

  private refused(row: ImportRow, refusal: Refusal): Outcome {
    this.refusals.set(row.externalId, refusal);
    return skippedBy(refusal);
  }

  private async update(row: ImportRow, existing: StoredActivity): Promise<Outcome> {
    if (existing.deletedAt !== undefined) return skipped("DELETED");
    const title = cleanTitle(row.title);
    const importedContent = contentOf(row);
    const isSameDeed = existing.importedContent === importedContent;
    if (isSameDeed && existing.title === title) return EXISTS;
    if (existing.isSticky) return skipped("ADMIN_CHANGED");
    const { loggedDate, metrics, startedAt: startedAtMs } = row;
    const note = this.note;
    // What its person corrected since stays unless the source changed the deed itself.
    const patch = isSameDeed
      ? { title, note }
      : { title, note, loggedDate, metrics, startedAtMs, importedContent };
    const type = isSameDeed ? null : await this.typeOf(row.sport);
    const typeId = takesSport(type, existing, row) ? type.activityTypeId : undefined;
    const types = await editTypes(this.reads.rules, existing, typeId);
    await openEdit(this.reads, this.book, existing, types, patch.loggedDate);
    const decision = decideEdit(this.book, existing, types, patch);
    if (!decision.ok) return skippedBy(decision.refusal);
    if (decision.value.kind === "none") return EXISTS;
    const { externalId } = row;
    if (decision.value.kind === "change")
      return this.posted(this.book.post(decision.value.change), "updated", externalId);
    this.written.set(externalId, this.book.postDetails(existing, decision.value.details));
    return { status: "updated" };
  }

  private posted(
    answer: Checked<Pick<BookRow, "now">>,
    status: "created" | "updated",
    externalId: string,
  ): Outcome {
    if (!answer.ok) return skippedBy(answer.refusal);
    this.note = undefined;
    this.written.set(externalId, answer.value);
    return { status };
  }

  private async storedRow(externalId: string): Promise<StoredActivity | null> {
    const known = this.stored.get(externalId);
    if (known !== undefined) return known;
    const row = await this.reads.activities.ofExternalId(
      this.owner(),
      this.args.source,
      externalId,
    );
    this.stored.set(externalId, row);
    return row;
  }

  private async typeOf(sport: string): Promise<TypeRule | null> {
    const label = sport.trim();
    const known = this.types.get(label);
    if (known !== undefined) return known;
    const type = await this.reads.rules.ofSport(this.owner().challengeId, label);
    this.types.set(label, type);
    return type;
  }

  /** The activity of another source that a row looks like. */
  private async twinOf(row: ImportRow, type: TypeRule): Promise<StoredActivity | undefined> {
    const day = row.loggedDate;
    if (this.book.liveRowsOn(day) === 0) return undefined;
    const rows = this.days.get(day) ?? (await this.reads.activities.ofDay(this.owner(), day));
    this.days.set(day, rows);
    const { activityTypeId } = type;
    const { source } = this.args;
    return rows.find((other) => isLikelyDuplicate(other, row, { source, activityTypeId }));
  }

  private owner(): Owner {
    const { challengeId, userId } = this.book.account.standing;
    return { challengeId, userId };
  }
}

/**
 * What `importActivities` would do with each row at an instant (UTC ms), nothing written. Refuses NOT_FOUND when the
 * person never took part.
 */
export async function previewImport(
  reads: LedgerReads,
  args: ImportArgs,
  at: number,
): Promise<ImportResult[]> {
  const book = await openBook(reads, args, at);
  return await new ImportChunk(reads, book, args).decideAll();
}

/**
 * Imports one chunk of rows as one change of the account: days and streak are read once, standing and streak row
 * written once. A row that is refused is skipped with its code and touches nothing; a row whose content is known is
 * left as it is, so the same chunk a second time writes nothing. Refuses NOT_FOUND when the person never took part.
 *
 * @param args.rows at most 100, normalised
 */
export async function importActivities(ledger: Ledger, args: ImportArgs): Promise<ImportResult[]> {
  const book = await openBook(ledger, args, ledger.now());
  const chunk = new ImportChunk(ledger, book, args);
  return await carryOutChunk(ledger, book, chunk);
}

async function carryOutChunk(
  ledger: Ledger,
  book: LedgerBook,
  chunk: ImportChunk,
): Promise<ImportResult[]> {
  const results = await chunk.decideAll();
  await writeHeld(ledger, book, chunk.held);
  await commit(ledger, book);
  return results;
}

async function writeHeld(ledger: Ledger, book: LedgerBook, changes: readonly HeldChange[]) {
  for (const { before, after } of changes) {
    if (after !== null) await ledger.held.save(before, after);
    else if (before !== null) await ledger.held.release(before);
  }
  const { actor } = book.posting;
  const { challengeId, userId } = book.account.standing;
  const isOwn = actor.kind === "import" && actor.userId === userId;
  const count = changes.filter(({ before, after }) => before === null && after !== null).length;
  // Whoever imports their own file is looking at the answer.
  if (count > 0 && !isOwn) await ledger.held.announce({ challengeId, userId }, count);
}

/**
 * Imports a row that was held, whatever it looks like. Backdating and grace do not bind: the row came in time. Refuses
 * what `decideLog` refuses, and INVALID_INPUT when its sport counts as nothing any more.
 */
export async function importHeld(
  ledger: Ledger,
  args: VerbArgs & { held: StoredHeld },
): Promise<ImportResult> {
  const { externalId, source, row } = args.held;
  if (row === null) return refuse({ code: "NOT_FOUND", what: "heldActivity" });
  const rows = [{ externalId, ...row }];
  const wish = { ...args, source, rows, allowDuplicates: true, isAdmin: true };
  const book = await openBook(ledger, wish, ledger.now());
  const chunk = new ImportChunk(ledger, book, wish);
  const [result] = await carryOutChunk(ledger, book, chunk);
  const refusal = chunk.refusals.get(externalId);
  if (refusal !== undefined) return refuse(refusal);
  if (result?.status === "created") return result;
  const problem = "cannot be imported any more: its sport counts as no activity of the challenge";
  return refuse({ code: "INVALID_INPUT", path: "heldId", problem });
}
