import { init } from "convuser";

export const runtime = "nodejs";

export async function POST(request) {
  const codec = await init();
  const result = codec.parseForm(await request.text(), { validate: true });
  return Response.json(result);
}
