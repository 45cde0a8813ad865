/** An element, and which child of its parent it was. */
interface Place {
  element: HTMLElement;
  index: number;
}

/** Where the keyboard was before a dialog: the opener first, then all it stands in. */
export type Opener = readonly Place[];

/** What has the keyboard now. An item of a menu is gone when the dialog closes, so its menu's button stands in. */
export function currentOpener(): Opener {
  const focused = document.activeElement;
  const menuButton = focused?.closest("[role=menu]")?.getAttribute("aria-labelledby");
  const places: Place[] = [];
  let element = menuButton ? document.getElementById(menuButton) : focused;
  while (element instanceof HTMLElement && element !== document.body) {
    places.push({ element, index: [...(element.parentElement?.children ?? [])].indexOf(element) });
    element = element.parentElement;
  }
  return places;
}

/** Gives the keyboard back to the opener; where it is gone by what was done, to what stands in its place, unless the page chose. */
export function focusBack(opener: Opener): void {
  if (document.activeElement !== document.body) return;
  const left = opener.findIndex(({ element }) => element.isConnected);
  const around = opener[left]?.element;
  const gone = opener[left - 1];
  if (gone === undefined) return around?.focus();
  const inItsPlace = around?.children[gone.index] ?? around?.lastElementChild ?? around;
  if (!(inItsPlace instanceof HTMLElement)) return;
  if (inItsPlace.tabIndex < 0) inItsPlace.tabIndex = -1;
  inItsPlace.focus();
}

const FIELD = ["input:not([type=hidden])", "select", "textarea"]
  .map((field) => `${field}:enabled`)
  .join();

/**
 * Gives the keyboard to the first field of a form; a group of choices is entered where it is chosen.
 *
 * @returns whether there is a field
 */
export function focusFirstField(form: HTMLElement): boolean {
  const fields = [...form.querySelectorAll<HTMLElement>(FIELD)];
  const [first] = fields;
  const group = first?.matches("[type=radio]") === true ? first.getAttribute("name") : null;
  const chosen = fields.find(
    (field) => field.matches(":checked") && field.getAttribute("name") === group,
  );
  (chosen ?? first)?.focus();
  return first !== undefined;
}
