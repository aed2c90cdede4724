// The one policy of this page (the server's header allows no other): the
// package's own worker may start. Whatever else would be made into markup or
// a script is refused, since this policy has no other function.

const isPackage = (url) => url.origin === location.origin && /^\/convuser\/\w+\.js$/.test(url.pathname);

globalThis.trustedTypes?.createPolicy("default", {
  createScriptURL: (text) => (isPackage(new URL(text, location.href)) ? text : null),
});
