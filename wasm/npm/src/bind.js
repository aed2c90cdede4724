/** Binds an object's methods, for const { validateRequest } = codec. They stay non-enumerable. */
export function bindMethods(object) {
  for (let from = object; (from = Object.getPrototypeOf(from)) !== Object.prototype; ) {
    for (const [name, method] of Object.entries(Object.getOwnPropertyDescriptors(from))) {
      if (name === "constructor" || !Object.hasOwn(method, "value")) continue; // a getter
      Object.defineProperty(object, name, { ...method, value: method.value.bind(object) });
    }
  }
}
