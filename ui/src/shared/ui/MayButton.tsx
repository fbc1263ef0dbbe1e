import { Button, type ButtonProps, Tooltip, VisuallyHidden } from "@mantine/core";
import { type ComponentPropsWithoutRef, useId } from "react";
import type { Commands } from "../../api/generated/api";
import { useMay } from "./useMay";

type Props = ButtonProps & Omit<ComponentPropsWithoutRef<"button">, keyof ButtonProps> & { command: keyof Commands };

/**
 * A button that leads to a command. Whose role does not reach it finds it switched off, with the role that it needs: it still
 * takes the focus, so that the keyboard too comes to the reason.
 */
export function MayButton({ command, ...rest }: Props) {
  const { why } = useMay(command);
  const reason = useId();
  if (why === undefined) return <Button {...rest} />;
  return (
    <>
      <Tooltip label={why} events={{ hover: true, focus: true, touch: true }}>
        <Button
          {...rest}
          type="button"
          disabled={false}
          title={undefined}
          data-disabled
          aria-disabled
          aria-describedby={reason}
          onClick={(event) => event.preventDefault()}
        />
      </Tooltip>
      <VisuallyHidden id={reason}>{why}</VisuallyHidden>
    </>
  );
}
