// A 公众号 server on co-wechat: answers "echo:" and the text. Prints its port. Settings come as one JSON argument.
'use strict';

const path = require('path');
const load = (name) => require(path.join(process.cwd(), 'node_modules', name));
const Koa = load('koa');
const wechat = load('co-wechat');

const settings = JSON.parse(process.argv[2]);
const app = new Koa();
app.use(wechat(settings).middleware(async (message) => {
  if (message.MsgType === 'text') return `echo:${message.Content}`;
  if (message.MsgType === 'event' && message.Event === 'subscribe') {
    return [{ title: '欢迎', description: '看看', picurl: '', url: 'https://example.com/' }];
  }
  return '';
}));
const server = app.listen(0, '127.0.0.1', () => process.stdout.write(`${server.address().port}\n`));
