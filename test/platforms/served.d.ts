/** The package as it is served to the workers of a page, which know it by no name. */
declare module '*/package/dist/src/index.js' {
  export * from 'resilient-fetch';
}
