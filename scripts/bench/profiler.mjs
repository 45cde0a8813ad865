// Loaded into a deployment before its program, by what asks where its time goes: profiles from one message of its parent
// to the next, and sends the profile.
import { Session } from "node:inspector/promises";

const SAMPLE_US = 500;
const session = new Session();
let isRunning = false;

async function toggle() {
  isRunning = !isRunning;
  if (!isRunning) {
    const answer = await session.post("Profiler.stop");
    session.disconnect();
    return void process.send?.(answer);
  }
  session.connect();
  await session.post("Profiler.enable");
  await session.post("Profiler.setSamplingInterval", { interval: SAMPLE_US });
  await session.post("Profiler.start");
  process.send?.({ profile: null });
}

process.on("message", (message) => {
  if (message === "profile") void toggle();
});
