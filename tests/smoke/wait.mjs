// Waiting for a condition, never for a time.

const LIMIT_MS = 60_000;

/** Asks until `check` answers something true, or fails after a minute, naming `what`. */
export async function eventually(what, check) {
  const deadline = Date.now() + LIMIT_MS;
  let last;
  for (;;) {
    try {
      const answer = await check();
      if (answer) return answer;
    } catch (error) {
      last = error;
    }
    if (Date.now() > deadline) throw new Error(`waited a minute for ${what}`, { cause: last });
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
