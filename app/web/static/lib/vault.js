/** What this browser keeps: keys whose private half no script can read (IndexedDB stores CryptoKeys as they are). */

const NAME = 'xinyi';
const STORE = 'kept';

/** @returns {Promise<IDBDatabase>} */
function open() {
  return new Promise((done, failed) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE);
    request.onsuccess = () => done(request.result);
    request.onerror = () => failed(request.error);
  });
}

/**
 * @param {IDBTransactionMode} mode
 * @param {(store: IDBObjectStore) => IDBRequest} action
 * @returns {Promise<any>}
 */
async function run(mode, action) {
  const database = await open();
  try {
    return await new Promise((done, failed) => {
      const transaction = database.transaction(STORE, mode);
      const request = action(transaction.objectStore(STORE));
      transaction.oncomplete = () => done(request.result);
      transaction.onerror = () => failed(transaction.error);
    });
  } finally {
    database.close();
  }
}

/** What was kept under a name, or undefined. @param {string} name @returns {Promise<any>} */
export const kept = (name) => run('readonly', (store) => store.get(name));

/** Keep a value. @param {string} name @param {any} value */
export const keep = (name, value) => run('readwrite', (store) => store.put(value, name));

/** Forget a value. @param {string} name */
export const forget = (name) => run('readwrite', (store) => store.delete(name));
