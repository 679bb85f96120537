// Agents and a listing, by fetch (Node 18 or newer). Run it twice: then everything is unchanged.
//
//   export RENTIX_URL=http://127.0.0.1:8000 RENTIX_API_KEY=rtx_...
//   node agents.mjs
import { randomUUID } from "node:crypto";

const { RENTIX_URL, RENTIX_API_KEY } = process.env;

class ApiError extends Error {
  constructor(body) {
    super(`${body.statusCode} ${[body.message].flat().join("; ")} (request ${body.requestId})`);
    Object.assign(this, body); // code, details, requestId, for a 412 etag
  }
}

// A 429, a 5xx of the way and a lost connection are tried again. That is safe for reads, and for
// writes under a key: sent again under the same one, a write has one effect.
async function call(method, path, body) {
  const headers = { "X-API-Key": RENTIX_API_KEY };
  if (method === "PUT" || method === "POST") headers["Idempotency-Key"] = randomUUID();
  if (body) headers["Content-Type"] = "application/json";
  const attempts = method === "DELETE" ? 1 : 5;
  for (let attempt = 1; ; attempt++) {
    let answer;
    try {
      answer = await fetch(`${RENTIX_URL}/api/v1${path}`, {
        method, headers, body: body && JSON.stringify(body), signal: AbortSignal.timeout(30_000),
      });
    } catch (fault) {
      if (attempt === attempts) throw fault;
    }
    if (answer && (![429, 502, 503, 504].includes(answer.status) || attempt === attempts)) {
      const said = await answer.json();
      // A bulk of which everything failed is 422, and has its results all the same.
      if (!answer.ok && !said.results) throw new ApiError(said);
      return said;
    }
    const asked = Number(answer?.headers.get("Retry-After") ?? 0);
    const wait = asked + Math.random() * 2 ** attempt; // so that not all come back at once
    await new Promise((resolve) => setTimeout(resolve, wait * 1000));
  }
}

const outcome = (answer) => ["created", "unchanged", "updated"].find((word) => answer[word]);

const put = await call("PUT", "/users", { externalId: "example-1", name: "Ana Ursu", phone: "069 200 110" });
const agent = await call("GET", "/users/external/example-1");
console.log(`agent example-1: ${outcome(put)}, stored as ${agent.phone}`);

// At most 100 in one request. Each succeeds or fails by itself, in their order.
const operations = [
  { op: "upsert", externalId: "example-2", name: "Ion Rusu", phone: "069 200 111" },
  { op: "upsert", externalId: "example-3", name: "Maria Lungu", phone: "no number" },
];
const { results } = await call("POST", "/users/bulk", { operations });
for (const result of results) {
  const said = result.success ? outcome(result) : `refused (${result.error.code})`;
  console.log(`bulk ${operations[result.index].externalId}: ${said}`);
}

const found = await call("GET", `/users?phone=${encodeURIComponent("+373 692 00 110")}`);
for (const { name } of found.items) console.log(`found by phone: ${name}`);

// Agents who registered on the portal by themselves are not linked yet.
const [stranger] = (await call("GET", "/users?linked=false&limit=1")).items;
const linked = await call("POST", `/users/${stranger.id}/link`, { externalId: "example-4" });
console.log(`linked: ${linked.externalId}`);
console.log(`unlinked: ${(await call("DELETE", `/users/${stranger.id}/link`)).externalId}`);
try {
  await call("POST", `/users/${stranger.id}/link`, { externalId: "example-1" });
} catch (error) {
  if (error.code !== "external_id_taken") throw error; // branch on the code, never on the message
  const holder = await call("GET", `/users/${error.details[0].userId}`);
  console.log(`conflict (${error.code}): ${holder.name} has example-1; unlink it there first`);
}

// The agent may also come after the listing; until then visitors see the agency.
await call("PUT", "/listings", { externalId: "example-flat", externalUserId: "example-1" });
const { contact } = await call("GET", "/listings/external/example-flat");
console.log(`listing example-flat: visitors see ${contact.name} (${contact.reason})`);
