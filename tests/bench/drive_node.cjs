// Drives cos-nodejs-sdk-v5 through one job: node drive_node.cjs JOB SDK_FOLDER
const fs = require('fs');
const job = JSON.parse(fs.readFileSync(process.argv[2]));
const COS = require(process.argv[3]);
const base = new URL(job.base);
const cos = new COS({
  SecretId: 'x'.repeat(36), SecretKey: 'y'.repeat(32), Domain: base.host, Protocol: base.protocol,
  FileParallelLimit: job.parallel, KeepAlive: true,
});
let next = 0;
const one = (entry) => new Promise((done, failed) => cos.putObject({
  Bucket: 'b-1250000000', Region: 'ap-x', Key: `b/${entry[3]}/${entry[1]}`, Body: fs.createReadStream(entry[0]),
  ContentLength: entry[2],
}, (error) => (error ? failed(error) : done())));
const slot = async () => { while (next < job.files.length) await one(job.files[next++]); };
(async () => {
  const began = process.hrtime.bigint(), used = process.cpuUsage();
  await Promise.all(Array.from({ length: Math.min(job.parallel, job.files.length) }, slot));
  const cpu = process.cpuUsage(used);
  console.log(JSON.stringify({ seconds: Number(process.hrtime.bigint() - began) / 1e9, cpu: (cpu.user + cpu.system) / 1e6 }));
  process.exit(0);
})().catch((error) => { console.error(error); process.exit(1); });
