/** Former names, for the unit tests on other branches: delete once they import from the files below. */
export { collectGarbage as collect } from './garbage-collection.ts';
export { rejectionOf } from './wait.ts';
