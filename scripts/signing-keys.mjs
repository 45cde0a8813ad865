// Prints a new key pair for the sign-in tokens of a deployment, as lines for `npx convex env set --from-file`. The
// embedded deployment gets its own from `npm start`.
import { generateSigningKeys } from "./lib/environment.mjs";

for (const [name, value] of Object.entries(generateSigningKeys())) {
  console.log(`${name}='${value}'`);
}
