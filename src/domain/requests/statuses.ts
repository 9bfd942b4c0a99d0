/** The statuses that the OMS itself gives a client request. An adapter may name others; what they mean, metadata says. */

/** It waits for its feed to be supplied. */
export const PENDING = "Pending";
/** It waits in a queue for somebody to release it. */
export const QUEUED = "Queued";
/** It was sent to its feed, which has not answered yet. */
export const SUBMITTED = "Submitted";
/** Nothing has come of it, or nothing more will. Final. */
export const REJECTED = "Rejected";
/** It was done. Final. */
export const COMPLETED = "Completed";
