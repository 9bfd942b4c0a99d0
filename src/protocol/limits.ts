/** Every limit of the system, by name. Bytes are counted in UTF-8 unless said. */

const KiB = 1024;
const MiB = 1024 * KiB;

export const LIMITS = {
  // Decimals. What is read may be this long; what is derived (a product has twice the decimals) may be longer.
  /** Significant digits of a decimal that a caller sends. */
  DECIMAL_DIGITS: 60,
  /** Digits after the point of a decimal that a caller sends. */
  DECIMAL_SCALE: 30,
  /** Digits before the point of a decimal that a caller sends. */
  DECIMAL_INTEGER_DIGITS: 40,

  // Messages.
  /** One update: a frame, an element of an array, an item of a bulk call. */
  UPDATE_BYTES: 256 * KiB,
  /** One frame of a socket; an array of messages may be as long as this. */
  FRAME_BYTES: MiB,
  /** The body of one REST call. */
  BODY_BYTES: MiB,
  /** Items of a bulk call, messages of an array frame. */
  BULK_ITEMS: 512,
  /** Frames in a row that cannot be read before the socket is closed. */
  BAD_FRAMES: 10,

  // The HTTP surface.
  /** Characters (UTF-16) of an OwnerID. */
  OWNER_ID_CHARACTERS: 64,
  /** Characters (UTF-16) of a feed's name. */
  FEED_NAME_CHARACTERS: 64,
  /** Characters (UTF-16) of the id under which a batch of settlements is known. */
  SETTLEMENT_ID_CHARACTERS: 256,
  /** Bytes that a signing secret must have at least. */
  SECRET_BYTES: 32,
  /** Questions to Owners' objects that one call keeps under way at a time. */
  QUESTIONS_AT_ONCE: 8,
  /** Owners whose logs one call may ask for: the platform bounds what a call may ask of others. */
  OWNERS_OF_A_CALL: 1_000,
  /** Bytes of several Owners' logs that one call has asked for and not yet told. */
  MERGED_BYTES: 4 * MiB,
  /** Milliseconds for which an isolate remembers how the System is. */
  HEALTH_REMEMBERED_MS: 1_000,
  /** Owners whose figures one call may ask for: an object that is asked is woken. */
  METRICS_OWNERS: 100,
  /** Milliseconds that an Owner's object has to tell its figures. */
  METRICS_TIMEOUT_MS: 5_000,
  /** Owners whose object an isolate remembers. */
  OWNERS_REMEMBERED: 10_000,

  // Identities.
  /** Bytes of a bearer token. */
  TOKEN_BYTES: 16 * KiB,
  /** Seconds by which the clock of a token's issuer may differ from ours. */
  CLOCK_SKEW_SECONDS: 60,
  /** Milliseconds for which an isolate may go by permissions and identity sources that it has read. */
  PERMISSIONS_REMEMBERED_MS: 5_000,
  /** Identities whose permissions an isolate remembers. */
  IDENTITIES_REMEMBERED: 10_000,
  /** Milliseconds between two readings of an issuer's keys because of a key that is not among them. */
  KEYS_COOLDOWN_MS: 60_000,
  /** Milliseconds after which an issuer's keys are read anew in any case. */
  KEYS_REMEMBERED_MS: 600_000,
  /** Milliseconds that an issuer has to answer. */
  ISSUER_TIMEOUT_MS: 5_000,
  /** Bytes of one document that is read from an issuer. */
  ISSUER_BYTES: 256 * KiB,
  /** Documents of each kind, read from issuers, that an isolate remembers. */
  ISSUERS_REMEMBERED: 1_000,

  // Handing metadata down to Owners.
  /** Owners that metadata is being handed down to at a time. */
  DELIVERIES_AT_ONCE: 32,
  /** Records of the System's log that are looked at for one delivery. */
  DELIVERY_RECORDS: 256,
  /** Characters of the System's log that are looked at for one delivery; of one delivery, up to its last item. */
  DELIVERY_CHARACTERS: MiB,
  /** Milliseconds after which a delivery that failed is tried again; twice as many each time that it fails again. */
  DELIVERY_RETRY_MS: 1_000,
  /** The most milliseconds between two attempts. */
  DELIVERY_RETRY_MOST_MS: 300_000,
  /** Milliseconds after which an Owner's object that has not answered to the end is given up for now. */
  DELIVERY_TIMEOUT_MS: 30_000,
  /** Characters of what is handed down that are kept for the Owners that have yet to come so far. */
  DELIVERIES_KEPT_CHARACTERS: 16 * MiB,

  // Identifiers.
  /** Characters (UTF-16) of an id or code that a record is known by: account, order, trade, transaction, currency… */
  ID_CHARACTERS: 256,

  // Client requests.
  /** Milliseconds that a request waits for its feed to be supplied, and that an adapter has to answer it. */
  REQUEST_TIMEOUT_MS: 30_000,
  /** Times that a request is sent, the second one because the adapter said that it does not know it. */
  REQUEST_DELIVERIES: 2,

  // The commit loop.
  /** Bytes that wait in an Owner's inbox. */
  INBOX_BYTES: 16 * MiB,
  /** Records of one commit. */
  COMMIT_RECORDS: 512,
  /** Bytes of one commit's updates. */
  COMMIT_BYTES: MiB,
  /** Records, or ids, that a transform looks at in one turn. */
  STEP_LOOKS: 2048,
  /** Bytes of one stored part of a commit's body. */
  COMMIT_PART_BYTES: 512 * KiB,
  /** Bytes of the parameter of one bulk statement; a bound value may not exceed 2 MB in production. */
  STATEMENT_BYTES: MiB,
  /** Bytes of state that an Owner keeps decoded in memory. */
  CACHE_BYTES: 24 * MiB,
  /** Milliseconds after which a timer is tried again that could not be dealt with. */
  TIMER_RETRY_MS: 5_000,
  /** Milliseconds for which something may be due before health says Degraded. */
  TIMER_LAG_DEGRADED_MS: 60_000,
  /** Storage of one Owner. */
  STORAGE_BYTES: 10_000 * MiB,
  /** The share of STORAGE_BYTES from which health says Degraded. */
  STORAGE_DEGRADED: 0.8,
  /** The share of STORAGE_BYTES from which updates are refused. */
  STORAGE_FULL: 0.95,

  // Answers.
  /** Bytes of one piece of a streamed answer. */
  ANSWER_PIECE_BYTES: 128 * KiB,
  /** Characters of the log, or of states, that are read in one turn for an answer, whether or not they are told. */
  READING_TURN_CHARACTERS: 512 * KiB,
  /** Characters of commits whose hashes are checked in one turn. */
  VERIFICATION_TURN_CHARACTERS: 8 * MiB,

  // Questions to adapters. An answer of this size fits into a frame, whatever its characters.
  /** Characters (UTF-16) of a query's type, and of its tag. */
  QUERY_NAME_CHARACTERS: 256,
  /** Parameters of a query, or of its answer. */
  QUERY_PARAMETERS: 64,
  /** Characters (UTF-16) of all parameters of a query or of its answer, with their names. */
  QUERY_PARAMETERS_CHARACTERS: 8 * KiB,
  /** Errors of an answer. */
  QUERY_ERRORS: 64,
  /** Characters (UTF-16) of all errors of an answer. */
  QUERY_ERRORS_CHARACTERS: 8 * KiB,
  /** Bytes of a query's data, or of its answer's. */
  QUERY_DATA_BYTES: 128 * KiB,
  /** Milliseconds that an adapter has to answer. */
  QUERY_TIMEOUT_MS: 30_000,
  /** Queries of one feed under way: one that hangs cannot use up what its Owner may have. */
  QUERIES_PER_FEED: 64,
  /** Characters (UTF-16) of one feed's queries under way, as JSON. */
  QUERIES_PER_FEED_CHARACTERS: 2 * MiB,
  /** Queries of one Owner under way. */
  QUERIES_PER_OWNER: 256,
  /** Characters (UTF-16) of one Owner's queries under way, as JSON. */
  QUERIES_PER_OWNER_CHARACTERS: 8 * MiB,

  // Streaming.
  /** Bytes of a socket's cursor, phase and subscriptions, out of the 16 KiB that an attachment may have. */
  ATTACHMENT_BYTES: 12 * KiB,
  /** Bytes of snapshots and caught-up events sent in one turn. */
  SNAPSHOT_TURN_BYTES: MiB,
  /** Bytes of one frame of events; a longer record is split. */
  EVENT_FRAME_BYTES: 256 * KiB,
  /** Bytes of snapshots and caught-up events that one Owner sends in a second, whoever reads them. */
  CATCH_UP_BYTES_PER_SECOND: 32 * MiB,
  /** Frames of the largest window. As long as they can be, they are 64 MiB: half of what an object has. */
  WINDOW_FRAMES: 256,
  /** Records left out by a socket's filter after which it is told where the log is. */
  BOOKMARK_RECORDS: 1000,
  /** Sockets of one Owner. */
  SOCKETS: 30_000,
  /** Identities whose change of permissions an Owner remembers, so that new sockets are held to it. */
  CHANGES_REMEMBERED: 1000,
  /** Milliseconds for which a supplier that pings may be silent while another stands by. */
  SUPPLIER_SILENCE_MS: 15_000,
} as const;
