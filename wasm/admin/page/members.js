// Made of user/members.go by "make generate".

/** The members of a request, in the order of the documentation. */
export const requestNames = ["Identity", "FriendlyName", "Attributes", "RoleSid", "WebhookEnabled"];

/** The members of a user, and their types in JSON. */
export const userTypes = {
  sid: "string",
  account_sid: "string",
  chat_service_sid: "string",
  role_sid: "string",
  identity: "string",
  friendly_name: "string",
  attributes: "string",
  is_online: "boolean",
  is_notifiable: "boolean",
  date_created: "string",
  date_updated: "string",
  url: "string",
  links: { user_conversations: "string" },
};
