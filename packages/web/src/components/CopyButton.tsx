import { Copy } from "lucide-react";
import type { ComponentProps } from "react";
import { toast } from "sonner";
import { Button } from "./Button";

interface CopyButtonProps extends ComponentProps<typeof Button> {
  text: string;
  /** What is said when it is done, such as "Key copied". */
  done: string;
}

/** Puts a text into the clipboard. */
export function CopyButton({ text, done, children, ...rest }: CopyButtonProps) {
  async function copy(): Promise<void> {
    try {
      await navigator.clipboard.writeText(text);
      toast.success(done);
    } catch {
      toast.error("The browser did not allow copying. Select the text and copy it by hand.");
    }
  }
  return (
    <Button variant="secondary" {...rest} onClick={() => void copy()}>
      <Copy aria-hidden />
      {children}
    </Button>
  );
}
