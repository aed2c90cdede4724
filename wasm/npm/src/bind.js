/** Makes an object's methods need no this, as in const { validateRequest } = codec; they are not enumerable, as methods are. */
export function bindMethods(object) {
  for (let from = object; (from = Object.getPrototypeOf(from)) !== Object.prototype; ) {
    for (const [name, method] of Object.entries(Object.getOwnPropertyDescriptors(from))) {
      if (name === "constructor" || !Object.hasOwn(method, "value")) continue; // a getter
      Object.defineProperty(object, name, { ...method, value: method.value.bind(object) });
    }
  }
}
