"use client";

import { openWorker } from "convuser/worker";
import { useEffect, useState } from "react";

async function check() {
  const worker = await openWorker();
  const failures = [];
  for await (const { index } of worker.validateMany([{ Identity: "admin" }, {}])) failures.push(index);
  worker.dispose();
  return `row ${failures}`;
}

export default function Page() {
  const [answer, setAnswer] = useState("");
  useEffect(() => void check().catch(String).then(setAnswer), []);
  return <pre id="answer">{answer}</pre>;
}
