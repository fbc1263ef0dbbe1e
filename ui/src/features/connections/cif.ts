const COMPANY = [7, 5, 3, 2, 1, 7, 5, 3, 2];
const PERSON = [2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9];

const weighed = (digits: string, weights: number[]) => weights.reduce((all, weight, at) => all + weight * Number(digits[at]), 0);

/**
 * Whether text is the code of somebody who issues, and its last digit fits the others: a Romanian company's with or without RO, or a
 * person's who has none of a company. The host judges alike.
 */
export function isCif(text: string): boolean {
  const digits = text.replace(/[\s.-]/g, "").toUpperCase().replace(/^RO/, "");
  const control = Number(digits.at(-1));
  if (/^\d{13}$/.test(text.trim())) {
    const rest = weighed(digits, PERSON) % 11;
    return (rest === 10 ? 1 : rest) === control;
  }
  if (!/^\d{2,10}$/.test(digits)) return false;
  const body = digits.slice(0, -1).padStart(COMPANY.length, "0");
  return ((weighed(body, COMPANY) * 10) % 11) % 10 === control;
}
