import type { ImportResult, SkipReason } from "../../tables/imports";
import { type Checked, type Refusal, refuse } from "../errors";
import {
  checkImportRow,
  cleanTitle,
  contentOf,
  type ImportRow,
  isLikelyDuplicate,
} from "../rules/importRows";
import type { ActivityRow, LedgerBook, StoredActivity } from "../rules/ledger";
import { decideEdit, decideLog, type TypeRule } from "../rules/ledgerDecisions";
import type { Ledger, LedgerReads, Owner } from "./ports";
import { commit, editTypes, openBook, type VerbArgs } from "./verbs";

export interface ImportArgs extends VerbArgs {
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
  readonly details: Array<{ row: StoredActivity; after: ActivityRow }> = [];
  private readonly seen = new Set<string>();
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

  async decide(row: ImportRow): Promise<Outcome> {
    const shape = checkImportRow(row);
    if (!shape.ok) return skippedBy(shape.refusal);
    // The first of two rows with one id wins, also on the next import.
    if (this.seen.has(row.externalId)) return EXISTS;
    this.seen.add(row.externalId);
    const existing = await this.reads.activities.ofExternalId(
      this.owner(),
      "archive",
      row.externalId,
    );
    return existing === null ? await this.create(row) : await this.update(row, existing);
  }

  private async create(row: ImportRow): Promise<Outcome> {
    const type = await this.typeOf(row.sport);
    if (type === null) return skipped("UNMAPPED_SPORT");
    const { externalId, loggedDate, metrics } = row;
    const change = decideLog(this.book, type, {
      ...this.detailsOf(row),
      loggedDate,
      metrics,
      externalId,
      source: "archive",
      note: this.note,
    });
    if (!change.ok) return skippedBy(change.refusal);
    if (!this.args.allowDuplicates && (await this.hasDuplicate(row, type)))
      return skipped("LIKELY_DUPLICATE");
    return this.posted(this.book.post(change.value), "created", change.value.after);
  }

  private async update(row: ImportRow, existing: StoredActivity): Promise<Outcome> {
    if (existing.deletedAt !== undefined) return skipped("DELETED");
    if (existing.importedContent === contentOf(row)) return EXISTS;
    if (existing.isSticky) return skipped("ADMIN_CHANGED");
    const type = await this.typeOf(row.sport);
    const types = await editTypes(this.reads.rules, existing, type?.activityTypeId);
    const { loggedDate, metrics } = row;
    const patch = { loggedDate, metrics, note: this.note, ...this.detailsOf(row) };
    const decision = decideEdit(this.book, existing, types, patch);
    if (!decision.ok) return skippedBy(decision.refusal);
    if (decision.value.kind === "none") return EXISTS;
    if (decision.value.kind === "change") {
      const { change } = decision.value;
      return this.posted(this.book.post(change), "updated", change.after);
    }
    const { after } = decision.value;
    this.details.push({ row: existing, after });
    return { status: "updated", pointsEarned: after.pointsEarned };
  }

  private posted(
    answer: Checked<null>,
    status: "created" | "updated",
    after: ActivityRow,
  ): Outcome {
    if (!answer.ok) return skippedBy(answer.refusal);
    this.note = undefined;
    return { status, pointsEarned: after.pointsEarned };
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
    return rows.some((other) => isLikelyDuplicate(other, row, type.activityTypeId));
  }

  private detailsOf(row: ImportRow) {
    const title = cleanTitle(row.title);
    return { title, startedAtMs: row.startedAt, importedContent: contentOf(row) };
  }

  private owner(): Owner {
    const { challengeId, userId } = this.book.account.standing;
    return { challengeId, userId };
  }
}

/** Decides a chunk without writing: what `importActivities` would do with each row, in order. */
async function decideChunk(reads: LedgerReads, book: LedgerBook, args: ImportArgs) {
  const chunk = new ImportChunk(reads, book, args);
  const results: ImportResult[] = [];
  for (const row of args.rows) {
    results.push({ externalId: row.externalId, ...(await chunk.decide(row)) });
  }
  return { results, details: chunk.details };
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
  return (await decideChunk(reads, book, args)).results;
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
  const { results, details } = await decideChunk(ledger, book, args);
  for (const { row, after } of details) await ledger.activities.editDetails(row, after);
  await commit(ledger, book);
  return results;
}
