import { createChallenge, expect, logRun, openTab, test } from "./product";

test("two browsers: one logs, the other's board moves", async ({ signUp }) => {
  const ada = await signUp("Ada Berg");
  const joinLink = await createChallenge(ada, "Harbour miles");

  const ben = await signUp("Ben Okafor");
  await ben.goto(joinLink);
  await ben.getByRole("button", { name: "Join challenge" }).click();
  await expect(ben.getByRole("heading", { name: "Leaderboard" })).toBeVisible();

  await openTab(ada, "Board");
  const board = ada.getByRole("table");
  const places = board.locator("tbody").getByRole("row");
  await expect(places).toHaveCount(2);

  // 10 km are 6.21 miles at 7.5 a mile: 47, and the first day of a streak earns 1.
  await logRun(ben, "10");
  await expect(places.first()).toContainText("Ben Okafor");
  await expect(places.first()).toContainText("48");

  // 20 km: 93 and the streak's 1.
  await logRun(ada, "20");
  await openTab(ben, "Board");
  const placesOfBen = ben.getByRole("table").locator("tbody").getByRole("row");
  await expect(placesOfBen.first()).toContainText("Ada Berg");
  await expect(placesOfBen.first()).toContainText("94");

  // Taken back on Ada's screen, gone from the board Ben is looking at.
  await ada.getByRole("button", { name: "Undo" }).click();
  await expect(placesOfBen.first()).toContainText("Ben Okafor");
  await expect(placesOfBen.last()).toContainText("Ada Berg");
  await expect(ben.getByRole("region", { name: "Your place" })).toContainText("Rank1");

  // Leaving changes the key the others look with; their board goes on without him.
  await openTab(ada, "Board");
  await ada.getByRole("link", { name: "Ben Okafor" }).click();
  await ada.getByRole("link", { name: "See and correct activities" }).click();
  await expect(ada.getByRole("heading", { name: "History of Ben Okafor" })).toBeVisible();
  const historyOfBen = ada.url();
  await openTab(ada, "Board");
  await openTab(ben, "About");
  await ben.getByRole("button", { name: "Leave challenge" }).click();
  await ben.getByRole("alertdialog").getByRole("button", { name: "Leave challenge" }).click();
  await expect(places).toHaveCount(1);
  await expect(places.first()).toContainText("Ada Berg");

  // His profile is gone, what he logged stays there for the organiser.
  await ada.goto(historyOfBen);
  await expect(ada.getByRole("heading", { name: "History of somebody who left" })).toBeVisible();
  await expect(ada.getByText("Why these points for Run")).toBeVisible();
});

test("boards of weeks and categories, the own place, search, and who moved since the last look", async ({
  signUp,
}) => {
  const ada = await signUp("Ada Brandt");
  const joinLink = await createChallenge(ada, "Round the lake");
  const ben = await signUp("Ben Osei");
  await ben.goto(joinLink);
  await ben.getByRole("button", { name: "Join challenge" }).click();
  await logRun(ada, "10");
  await openTab(ada, "Board");
  const places = ada.getByRole("table").locator("tbody").getByRole("row");
  await expect(places.first()).toContainText("Ada Brandt");
  await expect(places.first()).toContainText("+47 today");

  // Each board has an address of its own. A week has no streak bonus: 47, not 48.
  const boards = ada.getByRole("navigation", { name: "Boards" });
  await boards.getByLabel("Board of a week").selectOption({ label: "Week 1, this week" });
  await expect(ada.getByRole("heading", { name: "Leaderboard: Week 1" })).toBeVisible();
  await expect(ada).toHaveURL(/\?week=1$/);
  await expect(places).toHaveCount(1);
  await expect(places.first()).toContainText("47");
  await expect(ada.getByRole("region", { name: "Your place" })).toContainText("Rank, Week 1");
  await boards.getByRole("link", { name: "Total" }).click();
  await expect(places).toHaveCount(2);

  // Ada looks away; what she saw is remembered, here as if it were an hour ago. Ben passes her.
  await openTab(ada, "About");
  await expect(ada.getByRole("heading", { name: "About Round the lake" })).toBeAttached();
  await ada.evaluate(() => {
    for (const [key, text] of Object.entries(localStorage)) {
      if (!key.startsWith("milepost:look:")) continue;
      const looks = JSON.parse(text);
      looks.latest.at -= 3_600_000;
      localStorage.setItem(key, JSON.stringify(looks));
    }
  });
  await logRun(ben, "20");
  await openTab(ada, "Board");
  await expect(places.first()).toContainText("Ben Osei");
  await expect(places.first()).toContainText("up 1 since you last looked");
  const own = ada.getByRole("region", { name: "Your place" });
  await expect(own).toContainText("down 1 since you last looked");
  await expect(own).toContainText("46 points behind Ben Osei");

  // By keyboard alone: the beginning of a name, down to the person, to their place.
  await ada.getByRole("searchbox", { name: "Find a person" }).focus();
  await ada.keyboard.type("ben");
  await expect(ada.getByRole("list", { name: "People found" })).toContainText("Ben Osei");
  await ada.keyboard.press("ArrowDown");
  await ada.keyboard.press("Enter");
  await expect(ada).toHaveURL(/\?near=/);
  await expect(places.first()).toContainText("Ben Osei");
  await ada.getByRole("link", { name: "Around me" }).click();
  await expect(ada).toHaveURL(/\?near=me$/);
  await expect(places.last()).toContainText("Ada Brandt");

  // The profile says where the points come from.
  await ada.getByRole("table").getByRole("link", { name: "Ben Osei" }).click();
  await expect(ada.getByRole("heading", { name: "Ben Osei" })).toBeVisible();
  await expect(ada.getByRole("heading", { name: "Points per day" })).toBeVisible();
  await expect(ada.getByRole("listitem").filter({ hasText: "Today" })).toContainText("+93");
});
