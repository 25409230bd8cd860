import { RPCError } from "@web/core/network/rpc";

const USER_ERRORS = [
    "odoo.exceptions.UserError",
    "odoo.exceptions.AccessError",
    "odoo.exceptions.MissingError",
];

/** Whether `error` is a refusal that the server words for the user. */
export function isForUser(error) {
    return error instanceof RPCError && USER_ERRORS.includes(error.exceptionName);
}
