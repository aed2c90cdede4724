/** Every code of an issue or of advice. */
export const codes = (
  "required null length prefix hex json object boolean datetime uri type repeated unknown utf8 surrogate depth percent semicolon too_large " +
  "redirected not_created no_user unreadable file status " +
  "long reserved sid_shaped character control bidi repeated_name big_integer overflow escape " +
  "space invisible replacement mojibake not_nfc mixed_script path placeholder"
).split(" ");
