/** Where a page served over loopback keeps the token between two loads of the same tab. */
const KEPT = "punte.token";

/** The token that the address brought, taken out of it: it is neither bookmarked nor shown. Empty where there is none. */
export function takeToken(): string {
  const given = /^#token=([0-9a-z]+)$/.exec(window.location.hash)?.[1];
  if (given) {
    window.sessionStorage.setItem(KEPT, given);
    window.history.replaceState(null, "", `${window.location.pathname}${window.location.search}`);
  }
  return given ?? window.sessionStorage.getItem(KEPT) ?? "";
}
