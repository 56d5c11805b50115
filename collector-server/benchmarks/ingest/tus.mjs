// @tus/server with its file store, as its documentation shows; with TLS when a key is given.
import fs from 'node:fs';
import https from 'node:https';
import { FileStore } from '@tus/file-store';
import { Server } from '@tus/server';

const [port, directory, cert, key] = process.argv.slice(2);
const server = new Server({ path: '/files', datastore: new FileStore({ directory }) });
if (key) {
  https
    .createServer({ cert: fs.readFileSync(cert), key: fs.readFileSync(key) }, server.handle.bind(server))
    .listen(Number(port), '127.0.0.1');
} else {
  server.listen({ host: '127.0.0.1', port: Number(port) });
}
