import { fromFormData, init } from "convuser";
import { redirect } from "next/navigation";

async function create(form) {
  "use server";
  const codec = await init();
  const data = fromFormData(form);
  const result = data.ok ? codec.encodeForm(data.value) : data;
  const answer = result.ok ? result.value.body : result.issues[0].message;
  redirect(`/action?answer=${encodeURIComponent(answer)}`);
}

export default async function Page({ searchParams }) {
  const { answer } = await searchParams;
  return (
    <form action={create}>
      <input name="Identity" defaultValue="admin" />
      <button>Create</button>
      <pre id="answer">{answer}</pre>
    </form>
  );
}
