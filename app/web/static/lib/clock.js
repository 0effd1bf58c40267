/** The server's time on a device whose clock may be wrong: proofs older than a minute are refused. */

const NOTICED = 3000;
/** The header tells whole seconds, cut off. */
const HALF_A_SECOND = 500;
let ahead = 0;

/** Seconds since 1970 by the server's clock. */
export const serverSeconds = () => Math.floor((Date.now() + ahead) / 1000);

/** Milliseconds since 1970 by the server's clock. */
export const serverNow = () => Date.now() + ahead;

/** Learn from an answer's Date header how far this device's clock is off. @param {Response} answer */
export function learn(answer) {
  const said = Date.parse(answer.headers.get('Date') ?? '');
  if (Number.isFinite(said) && Math.abs(said - Date.now()) > NOTICED) ahead = said + HALF_A_SECOND - Date.now();
}
