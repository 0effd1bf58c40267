/** The server's nonce for DPoP proofs (RFC 9449 section 8): the last one that an answer brought. */

let last = '';

export const serverNonce = () => last;

/** @param {Response} answer */
export function heed(answer) { last = answer.headers.get('DPoP-Nonce') ?? last; }
