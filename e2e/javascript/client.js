'use strict';
// Calls etcd3, the client of etcd for Node.js, in all its main ways on the members that are named, and checks the
// answers as etcd gives them. Prints one line per checked call; ends with 1 at the first that is not so.

const assert = require('node:assert/strict');
const { once } = require('node:events');
const { Etcd3, EtcdLeaseInvalidError, EtcdLockFailedError, EtcdPermissionDeniedError, EtcdUserExistsError } = require('etcd3');

const LIMIT_MILLISECONDS = 30_000;
const hosts = (process.argv[2] ?? '').split(',').filter(host => host !== '');
if (hosts.length === 0) {
  console.error('Usage: client.js HOST:PORT[,HOST:PORT...]');
  process.exit(2);
}

/** Runs one check and prints its line; one that takes too long has failed. */
async function check(what, body) {
  let timer;
  const tooLong = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`nothing for ${LIMIT_MILLISECONDS} ms`)), LIMIT_MILLISECONDS);
  });
  try {
    await Promise.race([body(), tooLong]);
    console.log(`ok ${what}`);
  } catch (error) {
    console.log(`not ok ${what}: ${error.stack}`);
    process.exit(1);
  } finally {
    clearTimeout(timer);
  }
}

async function keyValues(client) {
  await check('put and get', async () => {
    const first = await client.put('js/a').value('1');
    const before = await client.put('js/a').value('2').getPrevious();
    assert.equal(before.value.toString(), '1');
    assert.equal(before.mod_revision, first.header.revision);
    assert.equal(await client.get('js/a').string(), '2');
    assert.equal(await client.get('js/a').number(), 2);
    assert.equal(await client.get('js/none').string(), null);
    assert.equal(await client.get('js/a').exists(), true);
    assert.equal(await client.get('js/none').exists(), false);
    const found = await client.get('js/a').exec();
    assert.equal(found.kvs[0].version, '2');
    assert.equal(found.kvs[0].create_revision, first.header.revision);
  });
  await check('get of an old revision', async () => {
    const { header } = await client.put('js/old').value('1');
    await client.put('js/old').value('2');
    assert.equal(await client.get('js/old').revision(header.revision).string(), '1');
  });
  await check('serializable get', async () => {
    const { header } = await client.put('js/local').value('1');
    const found = await client.get('js/local').revision(header.revision).serializable(false).string();
    assert.equal(found, '1');
  });
  await check('bytes in keys and values', async () => {
    const key = Buffer.from([0, 255, 1]);
    await client.put(key).value(Buffer.from([254, 0]));
    assert.deepEqual(await client.get(key).buffer(), Buffer.from([254, 0]));
    assert.equal((await client.delete().key(key)).deleted, '1');
  });
  await check('ranges: prefix, limit, order, keys, count', async () => {
    for (const [key, value] of [['b', '2'], ['a', '3'], ['c', '1']]) {
      await client.put(`js/range/${key}`).value(value);
    }
    const all = () => client.getAll().prefix('js/range/');
    assert.deepEqual(await all().strings(), { 'js/range/a': '3', 'js/range/b': '2', 'js/range/c': '1' });
    assert.deepEqual(await all().sort('Value', 'Ascend').keys(), ['js/range/c', 'js/range/b', 'js/range/a']);
    assert.deepEqual(await all().sort('Key', 'Descend').limit(1).keys(), ['js/range/c']);
    assert.equal(await all().count(), 3);
    const some = client.getAll().inRange({ start: 'js/range/b', end: 'js/range/c' });
    assert.deepEqual(await some.strings(), { 'js/range/b': '2' });
    const page = await all().limit(2).exec();
    assert.equal(page.more, true);
    assert.equal(page.count, '3');
  });
  await check('delete', async () => {
    assert.equal((await client.delete().key('js/none')).deleted, '0');
    const gone = await client.delete().key('js/range/a').getPrevious();
    assert.deepEqual(gone.map(kv => kv.value.toString()), ['3']);
    assert.equal((await client.delete().prefix('js/range/')).deleted, '2');
  });
  await check('compaction', async () => {
    const { header } = await client.put('js/compacted').value('1');
    await client.put('js/compacted').value('2');
    const kv = client.kv;
    await kv.compact({ revision: String(BigInt(header.revision) + 1n), physical: true });
    await assert.rejects(client.get('js/compacted').revision(header.revision).string(), /has been compacted/);
  });
}

async function transactions(client) {
  await check('transaction: then', async () => {
    await client.put('js/txn').value('1');
    const done = await client
      .if('js/txn', 'Value', '==', '1')
      .and('js/txn', 'Version', '>', 0)
      .and('js/none', 'Create', '==', 0)
      .then(client.put('js/txn').value('2'), client.get('js/txn'))
      .else(client.get('js/txn'))
      .commit();
    assert.equal(done.succeeded, true);
    assert.equal(done.responses[1].response_range.kvs[0].value.toString(), '2');
  });
  await check('transaction: else', async () => {
    const done = await client
      .if('js/txn', 'Value', '!=', '2')
      .then(client.delete().key('js/txn'))
      .else(client.get('js/txn'))
      .commit();
    assert.equal(done.succeeded, false);
    assert.equal(done.responses[0].response_range.kvs[0].value.toString(), '2');
  });
  await check('software transactional memory', async () => {
    await client.put('js/stm').value('0');
    const add = () =>
      client.stm({ retries: 100 }).transact(async tx => {
        await tx.put('js/stm').value(1 + (await tx.get('js/stm').number()));
      });
    await Promise.all([add(), add(), add(), add()]);
    assert.equal(await client.get('js/stm').number(), 4);
  });
}

async function leases(client) {
  await check('lease: keys live while it is kept alive, and end with it', async () => {
    const lease = client.lease(2);
    await lease.put('js/leased').value('1');
    const left = client.lease(2, { autoKeepAlive: false });
    await left.put('js/left').value('1');
    while (await client.get('js/left').exists()) {
      await once(lease, 'keepaliveSucceeded');
    }
    assert.equal(await client.get('js/leased').exists(), true);
    const id = await lease.grant();
    const told = await client.leaseClient.leaseTimeToLive({ ID: id, keys: true });
    assert.equal(told.grantedTTL, '2');
    assert.deepEqual(told.keys.map(String), ['js/leased']);
    await lease.revoke();
    assert.equal(await client.get('js/leased').exists(), false);
    await assert.rejects(client.leaseClient.leaseRevoke({ ID: id }), EtcdLeaseInvalidError);
  });
  await check('lease: renewed once', async () => {
    const lease = client.lease(60, { autoKeepAlive: false });
    assert.equal((await lease.keepaliveOnce()).TTL, '60');
    await lease.revoke();
  });
  await check('lease: a client is told that it was lost', async () => {
    const lease = client.lease(60, { autoKeepAlive: false });
    const id = await lease.grant();
    await client.leaseClient.leaseRevoke({ ID: id });
    const lost = once(lease, 'lost');
    await assert.rejects(lease.keepaliveOnce(), EtcdLeaseInvalidError);
    await lost;
  });
}

/** The next so many events of a watch, as lines. */
function events(watcher, count) {
  return new Promise((resolve, reject) => {
    const lines = [];
    const add = (kind, kv, previous) => {
      lines.push(`${kind} ${kv.key}=${kv.value}${previous ? ` was ${previous.value}` : ''}`);
      if (lines.length === count) {
        resolve(lines);
      }
    };
    watcher.on('put', (kv, previous) => add('put', kv, previous));
    watcher.on('delete', (kv, previous) => add('delete', kv, previous));
    watcher.on('error', reject);
  });
}

async function watches(client) {
  await check('watch: from now on, of a prefix', async () => {
    const watcher = await client.watch().prefix('js/watch/').create();
    const seen = events(watcher, 2);
    await client.put('js/watch/a').value('1');
    await client.delete().key('js/watch/a');
    assert.deepEqual(await seen, ['put js/watch/a=1', 'delete js/watch/a=']);
    await watcher.cancel();
  });
  await check('watch: from a revision, with what was there before', async () => {
    const { header } = await client.put('js/past').value('1');
    await client.put('js/past').value('2');
    const watcher = client.watch().key('js/past').startRevision(header.revision).withPreviousKV().watcher();
    assert.deepEqual(await events(watcher, 2), ['put js/past=1', 'put js/past=2 was 1']);
    await watcher.cancel();
  });
  await check('watch: without what is ignored', async () => {
    const watcher = await client.watch().key('js/ignored').ignore('Noput').create();
    const seen = events(watcher, 1);
    await client.put('js/ignored').value('1');
    await client.delete().key('js/ignored');
    assert.deepEqual(await seen, ['delete js/ignored=']);
    await watcher.cancel();
  });
  await check('watch: what is compacted is refused', async () => {
    const watcher = client.watch().key('js/compacted').startRevision('1').watcher();
    const [error] = await new Promise(resolve => watcher.on('error', (...found) => resolve(found)));
    assert.match(error.message, /Watcher canceled/);
  });
}

async function locksAndElections(client) {
  await check('lock: held by one at a time', async () => {
    const lock = client.lock('js/lock').ttl(30);
    await lock.acquire();
    await assert.rejects(client.lock('js/lock').ttl(30).acquire(), EtcdLockFailedError);
    await lock.release();
    assert.equal(await client.lock('js/lock').ttl(30).do(() => 'done'), 'done');
  });
  await check('election: campaign, observe, proclaim, resign', async () => {
    const one = client.election('js-election', 30);
    const two = client.election('js-election', 30);
    const observer = await one.observe();
    const first = one.campaign('one');
    await once(first, 'elected');
    const second = two.campaign('two');
    await first.proclaim('one again');
    while (observer.leader() !== 'one again') {
      await once(observer, 'change');
    }
    assert.equal(await one.leader(), 'one again');
    const elected = once(second, 'elected');
    await first.resign();
    await elected;
    assert.equal(await two.leader(), 'two');
    await observer.cancel();
    await second.resign();
  });
}

async function namespaces(client) {
  await check('namespace: a prefix that its client does not see', async () => {
    const tenant = client.namespace('js/tenant/');
    await tenant.put('k').value('v');
    assert.deepEqual(await tenant.getAll().strings(), { k: 'v' });
    assert.equal(await client.get('js/tenant/k').string(), 'v');
    const watcher = await tenant.watch().key('k').create();
    const seen = events(watcher, 1);
    await tenant.put('k').value('w');
    assert.deepEqual(await seen, ['put k=w']);
    await watcher.cancel();
    await tenant.delete().all();
    assert.equal(await client.get('js/tenant/k').exists(), false);
  });
}

async function members(client) {
  await check('members and status', async () => {
    const { members: found } = await client.cluster.memberList({});
    assert.equal(found.length, hosts.length);
    const status = await client.maintenance.status();
    assert.ok(found.some(member => member.ID === status.leader));
    assert.match(status.version, /^3\.\d+\.\d+$/);
    assert.deepEqual((await client.maintenance.alarm({ action: 'Get' })).alarms, []);
  });
}

async function usersAndRoles(client) {
  await check('users and roles', async () => {
    const role = client.role('js-role');
    await role.create();
    await role.grant({ permission: 'Readwrite', range: client.range({ prefix: 'js/allowed/' }) });
    const [permission] = await role.permissions();
    assert.equal(permission.permission, 'Readwrite');
    assert.equal(permission.range.start.toString(), 'js/allowed/');
    const user = client.user('js-user');
    await user.create('secret');
    await user.addRole(role);
    assert.deepEqual((await user.roles()).map(found => found.name), ['js-role']);
    assert.deepEqual((await client.getUsers()).map(found => found.name), ['js-user']);
    await assert.rejects(client.user('js-user').create('again'), EtcdUserExistsError);
  });
  await check('authentication: only what is allowed', async () => {
    const root = client.role('root');
    await root.create();
    const administrator = client.user('root');
    await administrator.create('root-secret');
    await administrator.addRole(root);
    await client.auth.authEnable();
    const logIn = (username, password) => new Etcd3({ hosts, auth: { username, password } });
    const asRoot = logIn('root', 'root-secret');
    const asUser = logIn('js-user', 'secret');
    const wrong = logIn('js-user', 'guessed');
    try {
      await asUser.put('js/allowed/a').value('1');
      assert.equal(await asUser.get('js/allowed/a').string(), '1');
      await assert.rejects(asUser.put('js/elsewhere').value('1'), EtcdPermissionDeniedError);
      await assert.rejects(asUser.getUsers(), EtcdPermissionDeniedError);
      await assert.rejects(client.get('js/allowed/a').string(), /user name is empty/);
      await assert.rejects(wrong.get('js/allowed/a').string(), /authentication failed/);
      await asRoot.user('js-user').delete();
      await asRoot.role('js-role').delete();
    } finally {
      await asRoot.auth.authDisable();
      [asRoot, asUser, wrong].forEach(each => each.close());
    }
    assert.equal(await client.get('js/allowed/a').string(), '1');
  });
}

async function main() {
  const client = new Etcd3({ hosts });
  for (const part of [keyValues, transactions, leases, watches, locksAndElections, namespaces, members, usersAndRoles]) {
    await part(client);
  }
  await client.delete().prefix('js/');
  client.close();
}

main().catch(error => {
  console.error(error);
  process.exit(1);
});
