import { useConvex, type ConvexReactClient } from "convex/react";
import { Download } from "lucide-react";
import { useRef, useState, type ComponentProps } from "react";
import { toast } from "sonner";
import { csvFileName, csvOf, downloadCsv, type Table } from "../lib/csv";
import { formatCount } from "../lib/format";
import { messageOf } from "../lib/refusals";
import { Button } from "./Button";

interface ExportButtonProps extends Pick<ComponentProps<typeof Button>, "size" | "className"> {
  /** What the file is called, in words. */
  name: string[];
  /** Reads everything, and tells how many rows it has so far. */
  read: (client: ConvexReactClient, onProgress: (count: number) => void) => Promise<Table>;
  children: string;
}

/** Downloads something as a file for spreadsheets, and says how far it is. */
export function ExportButton({ name, read, children, ...looks }: ExportButtonProps) {
  const client = useConvex();
  /** Rows read so far; null while nothing is under way. */
  const [count, setCount] = useState<number | null>(null);
  const isBusy = useRef(false);

  async function save(): Promise<void> {
    if (isBusy.current) return;
    isBusy.current = true;
    setCount(0);
    try {
      downloadCsv(csvFileName(...name), csvOf(await read(client, setCount)));
    } catch (error) {
      toast.error(messageOf(error));
    } finally {
      isBusy.current = false;
      setCount(null);
    }
  }

  return (
    <>
      <Button variant="secondary" pending={count !== null} onClick={() => void save()} {...looks}>
        {count === null && <Download aria-hidden />}
        {count === null ? children : formatCount(count, "row")}
      </Button>
      <output className="sr-only">{count !== null && "Preparing the file"}</output>
    </>
  );
}
