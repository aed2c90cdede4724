// Made of wasm/protocol.go by "make generate".

export const abi = 2;

export const op = {
  kind: 0,
  validateRequest: 1,
  adviseRequest: 2,
  encodeForm: 3,
  parseForm: 4,
  encodeRequest: 5,
  parseRequest: 6,
  encodeUser: 7,
  parseUser: 8,
  validateUser: 9,
  parseError: 10,
  validateSid: 11,
  validateAttributes: 12,
  parseForms: 13,
  parseResponse: 14,
};

export const flag = { allowUnknown: 1, validate: 2, htmlSafe: 4 };

export const ABSENT = -1;
export const NULL = -2;
export const MISTYPED = -3;
export const OBJECT = -4;
export const TRUE = -5;
export const FALSE = -6;
export const HERE = 0;
export const APART = -8;
