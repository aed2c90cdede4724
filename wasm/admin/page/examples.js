// The examples that the buttons fill in. The valid ones are those of Twilio's
// documentation.

const role = "RLaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
const user = "USaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
const url = `https://conversations.twilio.com/v1/Users/${user}`;

export const goodRequest = {
  Identity: "admin",
  FriendlyName: "name",
  Attributes: '{ "duty": "tech" }',
  RoleSid: role,
  WebhookEnabled: true,
};

// An array with a value missing, a SID that is too short, and an identity with
// advice.
export const badRequest = {
  Identity: "alice@example.com",
  FriendlyName: "Alice",
  Attributes: '{\n  "duty": "tech",\n  "languages": ["en", "de",],\n  "floor": 3\n}',
  RoleSid: "RLxyz",
};

const members = {
  sid: user,
  url,
  links: { user_conversations: `${url}/Conversations` },
  identity: "admin",
  role_sid: role,
  is_online: true,
  attributes: goodRequest.Attributes,
  account_sid: "ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
  date_created: "2019-12-16T22:18:37Z",
  date_updated: "2019-12-16T22:18:38Z",
  friendly_name: "name",
  is_notifiable: null,
  chat_service_sid: "ISaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
};

const json = (value) => JSON.stringify(value, null, 2);

export const answers = {
  user: { status: "201", type: "application/json", body: json(members) },
  error: {
    status: "409",
    type: "application/json",
    body: json({ code: 50201, message: "User already exists", more_info: "https://www.twilio.com/docs/errors/50201", status: 409 }),
  },
  html: { status: "502", type: "text/html", body: "<html><body><h1>502 Bad Gateway</h1></body></html>\n" },
  broken: {
    status: "201",
    type: "application/json",
    body: json({
      ...members,
      attributes: '{ "duty": tech }',
      date_updated: "2019-13-16T22:18:38Z",
      joined_channels_count: 0,
      service_sid: members.chat_service_sid,
    }),
  },
};
