/** The URL from which a service worker imports the package, because it has no import map. */
declare module '*/package/dist/src/index.js' {
  export * from 'resilient-fetch';
}
