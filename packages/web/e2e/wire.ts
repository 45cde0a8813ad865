import type { Locator, Page, WebSocketRoute } from "@playwright/test";
import { glance } from "./look";
import { expect } from "./product";

interface Sent {
  type: string;
  requestId: number;
  udfPath?: string;
}

/** Between a page and its deployment: says which calls were sent, and can keep one waiting or refuse it. */
export class Wire {
  /** Mutations the page sent, by path. */
  readonly sent: string[] = [];
  #refused: { path: string; code: string } | null = null;
  #heldPath: string | null = null;
  readonly #held: Array<() => void> = [];

  /** Loads the page anew, and stands in its way from then on. */
  async enter(page: Page): Promise<void> {
    await page.routeWebSocket(/\/sync$/, (client) => {
      const server = client.connectToServer();
      client.onMessage((text) =>
        this.#pass(JSON.parse(String(text)), String(text), client, server),
      );
    });
    await page.reload();
  }

  /** Keeps calls of a mutation waiting until `release`. */
  hold(path: string): void {
    this.#heldPath = path;
  }

  release(): void {
    this.#heldPath = null;
    for (const go of this.#held.splice(0)) go();
  }

  /** Refuses the next call of a mutation, which the deployment never sees. */
  refuseNext(path: string, code: string): void {
    this.#refused = { path, code };
  }

  #pass(message: Sent, text: string, client: WebSocketRoute, server: WebSocketRoute): void {
    const { type, requestId, udfPath } = message;
    if (type === "Mutation" && udfPath !== undefined) this.sent.push(udfPath);
    if (udfPath !== undefined && udfPath === this.#refused?.path) {
      const errorData = { code: this.#refused.code };
      this.#refused = null;
      const refusal = { success: false, result: "refused on the way", errorData, logLines: [] };
      client.send(JSON.stringify({ type: "MutationResponse", requestId, ...refusal }));
    } else if (udfPath !== undefined && udfPath === this.#heldPath) {
      this.#held.push(() => server.send(text));
    } else server.send(text);
  }
}

/**
 * Presses a button of the open dialog twice, and tries to leave, while its call is on the way: it is sent once, and the
 * dialog stays to say how it ends. Looks at the dialog first.
 *
 * @param path of the mutation
 */
export async function pressImpatiently(
  page: Page,
  wire: Wire,
  { button, path }: { button: Locator; path: string },
): Promise<void> {
  const dialog = page.getByRole("dialog");
  const name = (await dialog.getByRole("heading").first().textContent()) ?? "";
  await glance(page, `dialog-${name.toLowerCase().replaceAll(/[^a-z]+/g, "-")}`);
  wire.hold(path);
  await button.dblclick();
  await expect(button).toBeDisabled();
  await page.keyboard.press("Escape");
  await expect(dialog).toBeVisible();
  await dialog.getByRole("button", { name: "Close" }).dispatchEvent("click");
  await expect(dialog).toBeVisible();
  wire.release();
  await expect(dialog).toBeHidden();
  expect(wire.sent.filter((sent) => sent === path)).toHaveLength(1);
}
