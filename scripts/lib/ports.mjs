import { createServer } from "node:net";
import { Failure } from "./failure.mjs";

/**
 * Listens on the port for a moment to learn whether it is free.
 * @param {string} host @param {number} port 0 = any free port
 * @returns {Promise<number | null>} the port, or null when another program has it
 */
function probe(host, port) {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", (error) => {
      if ("code" in error && error.code === "EADDRINUSE") resolve(null);
      else reject(new Failure(`Cannot listen on ${host}:${port}: ${error.message}`));
    });
    server.listen({ host, port, exclusive: true }, () => {
      const address = server.address();
      const taken = typeof address === "object" && address !== null ? address.port : port;
      server.close(() => resolve(taken));
    });
  });
}

/**
 * The port to use for a purpose. Refuses a taken one by naming the option that chooses another.
 * @param {{host: string, port: number, option: string, purpose: string}} wish
 */
export async function choosePort({ host, port, option, purpose }) {
  const free = await probe(host, port);
  if (free === null) {
    throw new Failure(
      `Port ${port} (${purpose}) is taken by another program. ` +
        `Stop that program or choose another port with --${option} N.`,
    );
  }
  return free;
}
