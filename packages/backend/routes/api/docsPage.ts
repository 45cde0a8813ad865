import { html, raw } from "hono/html";
import { STATUS_BY_CODE } from "../../lib/errors";
import type { JsonSchema } from "./answers";
import { TITLES } from "./problems";

/**
 * The readable page of the API, made from its document alone: no script, and nothing from the network.
 */

const STYLE = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { max-width: 56rem; margin: 0 auto; padding: 1rem; }
article { border-top: 1px solid #8886; padding: 0.5rem 0; }
h3 { font-size: 1rem; margin: 0.5rem 0; overflow-wrap: anywhere; }
pre { background: #8881; padding: 0.75rem; overflow-x: auto; font-size: 0.85rem; }
table { border-collapse: collapse; display: block; overflow-x: auto; }
td, th { border: 1px solid #8886; padding: 0.2rem 0.6rem; text-align: left; vertical-align: top; }
`;

/** The document, as far as the page shows it. */
export interface ApiDocument {
  info: { title: string; version: string; description: string };
  servers: { url: string }[];
  paths: Record<string, Record<string, DocumentedOperation>>;
}

interface DocumentedOperation {
  tags: string[];
  summary: string;
  description: string;
  parameters?: { name: string; in: string; required?: boolean; schema: JsonSchema }[];
  requestBody?: { content: Record<string, { schema: JsonSchema }> };
  responses: Record<
    string,
    { description: string; content?: Record<string, { schema: JsonSchema }> }
  >;
}

/** The page as a response. */
export async function docsPage(document: ApiDocument): Promise<Response> {
  const { info, paths } = document;
  const server = document.servers[0]?.url ?? "";
  const entries = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );
  const tags = [...new Set(entries.flatMap(({ operation }) => operation.tags))];
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width" />
        <title>${info.title}</title>
        <style>
          ${raw(STYLE)}
        </style>
      </head>
      <body>
        <h1>${info.title} v${info.version}</h1>
        ${info.description.split("\n\n").map((text) => html`<p>${marked(text)}</p>`)}
        <p>For programs: <a href="openapi.json">openapi.json</a> (OpenAPI 3.1).</p>
        ${tags.map(
          (tag) =>
            html`<h2>${tag}</h2>
              ${entries
                .filter(({ operation }) => operation.tags.includes(tag))
                .map((entry) => article(server, entry))}`,
        )}
        <h2>Errors</h2>
        <table>
          <tr>
            <th>code</th>
            <th>status</th>
            <th>meaning</th>
          </tr>
          ${Object.entries(STATUS_BY_CODE).map(
            ([code, status]) =>
              html`<tr id="${code}">
                <td><code>${code}</code></td>
                <td>${status}</td>
                <td>${TITLES[status] ?? ""}</td>
              </tr>`,
          )}
        </table>
      </body>
    </html>`;
  return new Response((await page).toString(), {
    headers: {
      "Content-Type": "text/html; charset=utf-8",
      // The last three do not fall back to the first.
      "Content-Security-Policy":
        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    },
  });
}

interface Entry {
  path: string;
  method: string;
  operation: DocumentedOperation;
}

function article(server: string, { path, method, operation }: Entry) {
  const { parameters = [], requestBody, responses } = operation;
  const body = requestBody?.content["application/json"]?.schema;
  const answer = Object.values(responses)[0]?.content?.["application/json"]?.schema;
  return html`<article>
    <h3><code>${method.toUpperCase()} ${path}</code></h3>
    <p>${operation.summary}. ${marked(operation.description)}</p>
    ${
      parameters.length === 0
        ? ""
        : html`<table>
            <tr>
              <th>parameter</th>
              <th>in</th>
              <th>meaning</th>
            </tr>
            ${parameters.map(
              (parameter) =>
                html`<tr>
                  <td><code>${parameter.name}</code>${parameter.required ? " *" : ""}</td>
                  <td>${parameter.in}</td>
                  <td>${text(parameter.schema.description)}</td>
                </tr>`,
            )}
          </table>`
    }
    <pre>${curlOf(server, method, path, body)}</pre>
    ${body ? details("Body", body) : ""} ${answer ? details("Answer", answer) : ""}
    <p>
      ${Object.entries(responses).map(
        ([status, { description }]) => html`<code>${status}</code> ${description}. `,
      )}
    </p>
  </article>`;
}

function details(name: string, schema: JsonSchema) {
  return html`<details>
    <summary>${name}</summary>
    <pre>${JSON.stringify(schema, null, 2)}</pre>
  </details>`;
}

/** How the operation is called from a shell. */
function curlOf(server: string, method: string, path: string, body?: JsonSchema): string {
  const url = `"${server}${path.replaceAll(/\{(\w+)\}/g, (_, name: string) => `$${name}`)}"`;
  const parts = ["curl", "-H", '"Authorization: Bearer $MILEPOST_API_KEY"'];
  if (method !== "get") parts.push("-X", method.toUpperCase());
  if (body !== undefined) parts.push("-H", '"Content-Type: application/json"', "-d", "'{...}'");
  return [...parts, url].join(" ");
}

const text = (value: unknown) => (typeof value === "string" ? value : "");

/** Bold and code of Markdown, which is all the descriptions use. */
function marked(source: string) {
  return source.split(/(\*\*[^*]+\*\*|`[^`]+`)/).map((part) => {
    if (part.startsWith("**")) return html`<strong>${part.slice(2, -2)}</strong>`;
    return part.startsWith("`") ? html`<code>${part.slice(1, -1)}</code>` : part;
  });
}
