import type { Amount, BackfillGroupInfo, BackfillInfo } from "../../../api/generated/api";

/** What follows for orders of a plan, in the order in which it is shown. */
const VERDICTS = ["issue", "hold", "invoiced", "left_out"];

/** Orders that go one way for one reason, of all currencies. */
export interface Row {
  verdict: string;
  reason: string;
  count: number;
  totals: Amount[];
  samples: string[];
}

const SAMPLES = 5;

/** A plan's rows: what would be invoiced first, then most orders first. */
export function rowsOf(groups: BackfillGroupInfo[]): Row[] {
  const rows = new Map<string, Row>();
  for (const { verdict, reason, count, total, samples } of groups) {
    const key = `${verdict} ${reason}`;
    const row = rows.get(key) ?? { verdict, reason, count: 0, totals: [], samples: [] };
    row.count += count;
    row.totals = added(row.totals, total);
    row.samples = [...row.samples, ...samples].slice(0, SAMPLES);
    rows.set(key, row);
  }
  const place = ({ verdict }: Row) => (VERDICTS.includes(verdict) ? VERDICTS.indexOf(verdict) : VERDICTS.length);
  return [...rows.values()].sort((one, other) => place(one) - place(other) || other.count - one.count);
}

/** Orders of one verdict: how many, and their value by currency. */
export function sumOf(groups: BackfillGroupInfo[], verdict: string): { count: number; totals: Amount[] } {
  const those = groups.filter((group) => group.verdict === verdict);
  return {
    count: those.reduce((sum, { count }) => sum + count, 0),
    totals: those.reduce<Amount[]>((sum, { total }) => added(sum, total), []),
  };
}

/** How many orders of the plan the flow has been given, of how many that it is to get: those that are held go to it too. */
export function progressOf({ groups }: BackfillInfo): { released: number; all: number } {
  const given = groups.filter(({ verdict }) => verdict === "issue" || verdict === "hold");
  return {
    released: given.reduce((sum, { released }) => sum + released, 0),
    all: given.reduce((sum, { count }) => sum + count, 0),
  };
}

function added(sums: Amount[], more: Amount): Amount[] {
  if (!sums.some(({ currency }) => currency === more.currency)) return [...sums, more];
  return sums.map((sum) => (sum.currency === more.currency ? { ...sum, minor: sum.minor + more.minor } : sum));
}
