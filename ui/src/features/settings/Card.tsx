import type { ReactNode } from "react";
import { usePlace } from "../../shared/lib/navigation";
import type { CardName } from "./catalogue";
import { useIsShown } from "./found";
import { useHeld } from "./meant";

interface Props {
  of: CardName;
  testId?: string;
  children: ReactNode;
}

/** What belongs together. Gone while something else is searched for; in sight where the address means it. */
export function Card({ of, testId, children }: Props) {
  const isShown = useIsShown().card(of);
  const held = useHeld<HTMLElement>(usePlace().section === of);
  return (
    <section ref={held} className="card" hidden={!isShown} data-card={of} data-testid={testId}>
      {children}
    </section>
  );
}
