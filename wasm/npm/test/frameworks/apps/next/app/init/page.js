"use client";

import { init } from "convuser";
import { useEffect, useState } from "react";

async function encode() {
  const codec = await init();
  return codec.encodeForm({ Identity: "admin" }).value.body;
}

export default function Page() {
  const [answer, setAnswer] = useState("");
  useEffect(() => void encode().catch(String).then(setAnswer), []);
  return <pre id="answer">{answer}</pre>;
}
