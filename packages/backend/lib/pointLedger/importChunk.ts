import type { ImportResult, SkipReason } from "../../tables/imports";
import { type Checked, type Refusal, refuse } from "../errors";
import {
  checkImportRow,
  cleanTitle,
  contentOf,
  type ImportRow,
  isLikelyDuplicate,
} from "../rules/importRows";
import type { BookRow } from "../rules/daySheets";
import type { LedgerBook, StoredActivity } from "../rules/ledger";
import {
  decideEdit,
  decideLog,
  type ExternalSource,
  type TypeRule,
} from "../rules/ledgerDecisions";
import { openDays } from "./openDays";
import type { Ledger, LedgerReads, Owner } from "./ports";
import { commit, editTypes, openBook, openEdit, type VerbArgs } from "./verbs";

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

/** One chunk being decided: every row against what the rows before it left in the book. */
class ImportChunk {
  /** What was written, by external id: rows of the chunk that come later may still re-price it. */
  private readonly written = new Map<string, Pick<BookRow, "now">>();
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
    if (type === null) return skipped("UNMAPPED_SPORT");
    const { externalId, loggedDate, metrics, startedAt: startedAtMs } = row;
    await openDays(this.reads, this.book, [{ type, day: loggedDate }]);
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
    if (!change.ok) return skippedBy(change.refusal);
    if (!this.args.allowDuplicates && (await this.hasDuplicate(row, type)))
      return skipped("LIKELY_DUPLICATE");
    return this.posted(this.book.post(change.value), "created", externalId);
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
    const types = await editTypes(this.reads.rules, existing, type?.activityTypeId);
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

  private async hasDuplicate(row: ImportRow, type: TypeRule): Promise<boolean> {
    const day = row.loggedDate;
    if (this.book.liveRowsOn(day) === 0) return false;
    const rows = this.days.get(day) ?? (await this.reads.activities.ofDay(this.owner(), day));
    this.days.set(day, rows);
    const { activityTypeId } = type;
    const { source } = this.args;
    return rows.some((other) => isLikelyDuplicate(other, row, { source, activityTypeId }));
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
  const results = await chunk.decideAll();
  await commit(ledger, book);
  return results;
}
