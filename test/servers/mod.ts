/**
 * Real servers for tests: installed once outside the checkout by pinned version and checksum, started on free loopback
 * ports, ended by their process ids; a fault proxy to put before them. Each kind of server has a folder here
 * (`s3/`), and `main.ts` installs them all.
 *
 * Not here: the tests, which lie with their rooms. To add a server: a folder with a function that installs it
 * (`installed`), one that starts it (`startServer`), and a line in `main.ts`; tests ask for it by `serverFor`.
 */
export { freePort } from "./free-port.ts";
export { installed, installedAt, runTool, type Installation } from "./installed.ts";
export { faultProxy, type Exchange, type FaultProxy, type HttpFault } from "./fault-proxy.ts";
export { serverFor } from "./server-for.ts";
export { startServer, type RunningServer, type ServerCommand } from "./start-server.ts";
