import { jobs } from './jobs.ts';

/** Plays the jobs that it is sent the numbers of, and sends back what each gave, or why it failed. */
process.on('message', (index: number) => {
  const job = jobs[index];
  if (job === undefined) return;
  job.play().then(
    (result) => process.send?.({ result }),
    (error: unknown) => process.send?.({ error: String(error instanceof Error ? error.stack : error) }),
  );
});
