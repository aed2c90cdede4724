import { init } from "convuser";

export const dynamic = "force-dynamic";

export default async function Page() {
  const codec = await init();
  return <pre id="answer">{codec.encodeForm({ Identity: "admin" }).value.body}</pre>;
}
