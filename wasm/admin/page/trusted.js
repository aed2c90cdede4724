// The only Trusted Types policy that the server's header allows. It lets the
// worker of the package start. It has no other function, so no text becomes
// markup or another script.

const isPackage = (url) => url.origin === location.origin && /^\/convuser\/\w+\.js$/.test(url.pathname);

globalThis.trustedTypes?.createPolicy("default", {
  createScriptURL: (text) => (isPackage(new URL(text, location.href)) ? text : null),
});
