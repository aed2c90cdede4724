"use client";

import { schema } from "convuser/schema";
import { useEffect, useState } from "react";

async function validate() {
  const { issues } = await schema["~standard"].validate({});
  return issues[0].message;
}

export default function Page() {
  const [answer, setAnswer] = useState("");
  useEffect(() => void validate().catch(String).then(setAnswer), []);
  return <pre id="answer">{answer}</pre>;
}
