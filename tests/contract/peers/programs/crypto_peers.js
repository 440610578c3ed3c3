// Reads one JSON object a line, answers one JSON line: seals, opens or signs with one of two libraries.
'use strict';

const path = require('path');
const readline = require('readline');
const load = (name) => require(path.join(process.cwd(), 'node_modules', name));
const wecom = load('@wecom/crypto');
const Older = load('wechat-crypto');

const libraries = {
  '@wecom/crypto': {
    seal: (job) => wecom.encrypt(job.key, job.message, job.id),
    open: (job) => wecom.decrypt(job.key, job.sealed),
    sign: (job) => wecom.getSignature(job.token, job.timestamp, job.nonce, job.sealed),
  },
  'wechat-crypto': {
    seal: (job) => new Older(job.token, job.key, job.id).encrypt(job.message),
    open: (job) => new Older(job.token, job.key, job.id).decrypt(job.sealed),
    sign: (job) => new Older(job.token, job.key, job.id).getSignature(job.timestamp, job.nonce, job.sealed),
  },
};

readline.createInterface({ input: process.stdin }).on('line', (line) => {
  const job = JSON.parse(line);
  const library = libraries[job.library];
  const opened = job.sealed === undefined ? null : library.open(job);
  const sealed = job.sealed === undefined ? library.seal(job) : job.sealed;
  const answer = { sealed, signature: library.sign({ ...job, sealed }) };
  if (opened !== null) Object.assign(answer, { message: opened.message, id: opened.id });
  process.stdout.write(`${JSON.stringify(answer)}\n`);
});
