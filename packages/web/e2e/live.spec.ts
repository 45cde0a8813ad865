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
