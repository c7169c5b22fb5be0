// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/replay/own_seeds.h"

#include "syncer/crypto/keyring.h"
#include "syncer/wire/frame/frame.h"
#include "syncer/wire/frame/seal.h"
#include "syncer/wire/gossip/message.h"
#include "syncer/wire/gossip/serf.h"
#include "syncer/wire/raft/cluster_message.h"
#include "syncer/wire/sync/message.h"

namespace fuzz {
namespace {

using namespace syncer;
using namespace syncer::wire;

const Endpoint kAddress = Endpoint::v4(10, 0, 0, 1, 7946);

void add_gossip(std::set<Bytes>& all) {
  Bytes alive;
  gossip::encode(membership::Alive{1, "n", kAddress, "meta", "\x01\x05\x02\x02\x05\x05"}, alive);
  Bytes ping;
  gossip::encode(membership::Ping{1, "n", kAddress, "m"}, ping);
  all.insert(alive);
  // Both sides of a sealed stream.
  for (const char side : {'\2', '\3'}) all.insert(Bytes{side, '\x80'} + ping);
  all.insert(crypto::keyring_text(crypto::Keyring::make({Bytes(16, 'a'), Bytes(32, 'b')}).value()));
}

void add_serf(std::set<Bytes>& all) {
  const Bytes key_request = Bytes("\x07\x81\xa3Key\xb0") + Bytes(16, 'k');
  all.insert(key_request);
  all.insert(gossip::encode_query({7, 1, kAddress, true, false, false, "_serf_install-key", key_request}));
  all.insert(gossip::encode_leave_intent(3, "n"));
  all.insert(gossip::encode_user_state(9));
  all.insert(gossip::encode_tags({{"role", "db"}, {"dc", "eu"}}).value());
}

void add_cluster(std::set<Bytes>& all) {
  ClusterHello hello{"eu", "n", 5, VoterStage::Voting, {{"n", 5, kAddress}}, 1, 2, 3, {"01234567"}};
  raft::Message append;
  append.type = raft::MessageType::Append;
  append.entries.resize(2);
  raft::Message snapshot;
  snapshot.type = raft::MessageType::InstallSnapshot;
  snapshot.snapshot.emplace();
  for (const ClusterMessage& message :
       {ClusterMessage(hello), ClusterMessage(Pulse{true}), ClusterMessage(KeyShare{Bytes(16, 'k')}),
        ClusterMessage(append), ClusterMessage(snapshot)}) {
    const ClusterFrame frame = cluster_frame(message);
    all.insert(Bytes(1, static_cast<char>(frame.type)) + frame.body);
  }
}

std::vector<SyncMessage> sync_messages() {
  using namespace replication;
  const Epoch epoch{2, 3};
  Push push{epoch, 1, 2, 2, {}, {}};
  push.entries.resize(1);
  push.entries[0].seq = 2;
  push.entries[0].key = "key";
  return {Hello{"eu", "n", 1, true, epoch, 9},
          Welcome{"us", "m", 2, epoch, 1},
          Refuse{"us", "m", "no", true},
          Redirect{kAddress},
          WriterMessage(Heartbeat{epoch, 1, 0, 1, {}, true}),
          WriterMessage(push),
          WriterMessage(Reset{epoch, 1}),
          WriterMessage(Buckets{epoch, 1, 1, {}, {}}),
          WriterMessage(Chunk{epoch, 1, true, 0, 1, 1, {}, {{"key", "payload"}}, {}}),
          WriterMessage(replication::Attestation{epoch, 1, 0, 1, {}, true, 7, 1, "digest", "certificate", "signature"}),
          ReaderMessage(replication::Ack{epoch, 1, {}}),
          ReaderMessage(Pull{epoch, 1}),
          ReaderMessage(BucketRequest{epoch, 1, {1, 2}, {{1, 2}}}),
          ReaderMessage(ChunkRequest{epoch, 1, 1})};
}

/// A body as its codec reads it, type first; all of them together as a stream.
void add_sync(std::set<Bytes>& all) {
  Bytes stream = Bytes(1, '\x80') + preamble(kSyncProtocol);
  for (const SyncMessage& message : sync_messages()) {
    const Bytes frame = encode_sync(message);
    stream += frame;
    all.insert(frame.substr(4, frame.size() - kFrameOverhead + 1));
  }
  all.insert(stream);
  // What a stranger says first to a pool with a key: a challenge, and a hello that is not sealed.
  all.insert(Bytes(1, '\x21') + preamble(kSyncProtocol) + encode_frame(kChallengeFrame, Bytes(kChallengeBytes, 'c')) +
             encode_sync(sync_messages().front()));
}

/// Answers of a service center, alone and behind the byte that chooses a status.
void add_registry(std::set<Bytes>& all) {
  const Bytes instance =
      R"({"instanceId":"i1","serviceId":"s1","endpoints":["rest://10.0.0.1:80?a=1"],"hostName":"h","status":"UP",)"
      R"("properties":{"k":"a\nb\tc\u0041\/"},"healthCheck":{"mode":"push","interval":30,"times":3},"version":"1.0.0"})";
  const Bytes copy =
      R"({"instanceId":"c1","serviceId":"s1","endpoints":[],"status":"DOWN","properties":{"syncer.region":"west",)"
      R"("syncer.instance":"i9","syncer.epoch":"1.2"}})";
  for (const Bytes& body :
       {instance, R"({"instance":)" + instance + "}",
        R"({"services":{"notModified":[1],"updated":[{"index":0,"rev":"r","instances":[)" + instance + "," + copy +
            R"(]}],"failed":[{"indexes":[1],"error":{"errorCode":"400012","errorMessage":"m"}}]}})",
        Bytes(R"({"services":[{"serviceId":"s1","appId":"a","serviceName":"cart","version":"1.0.0",)"
              R"("schemas":["x","y"],"properties":{"p":"q"},"status":"UP","modTimestamp":"1"}]})"),
        Bytes(R"({"instances":[{"serviceId":"s1","instanceId":"i1"},{"serviceId":"s1","instanceId":"i2"}]})"),
        Bytes(R"({"schemas":[{"schemaId":"x","schema":"yaml: \"1\"","summary":"12"}]})"),
        Bytes(R"({"errorCode":"400017","errorMessage":"none","detail":"\u0041"})"), Bytes(R"({"serviceId":"s1"})"),
        Bytes(R"({"escaped":"\u00e9\ud83d\ude00\r\f\b"})"),
        Bytes("[0,-1,123456789012345678,1.5e3,true,null,{},[[]]]")}) {
    all.insert(body);
    all.insert(Bytes(1, '\0') + body);
  }
}

/// Requests of an HTTP client, alone and one behind the other.
void add_requests(std::set<Bytes>& all) {
  const Bytes get = "GET /v1/status?a=%20b&c HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
  const Bytes post = "POST /v1/keys/use?id=12ab HTTP/1.1\r\nHost: [::1]:30199\r\nContent-Length: 4\r\n\r\nbody";
  for (const Bytes& text : {get, post, post + get, Bytes("\r\nHEAD /livez HTTP/1.0\nConnection: keep-alive\n\n"),
                            Bytes("PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")}) {
    all.insert(text);
  }
}

/// Answers of an HTTP server, one of each framing.
void add_http(std::set<Bytes>& all) {
  const Bytes gzip("\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\x4b\x4c\x4a\x06\x00\xc2\x41\x24\x35\x03\x00\x00\x00", 23);
  all.insert("HTTP/1.1 200 OK\r\nContent-Length: 3\r\nConnection: close\r\n\r\nabc");
  all.insert("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.0 404 Not Found\nServer: x\n\nup to the end");
  all.insert("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;a=b\r\nabc\r\n0\r\nSum: 1\r\n\r\n");
  all.insert("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 23\r\n\r\n" + gzip);
}

}  // namespace

std::set<Bytes> own_seeds() {
  std::set<Bytes> all = {Bytes(1, '\0')};
  add_gossip(all);
  add_serf(all);
  add_cluster(all);
  add_sync(all);
  add_registry(all);
  add_http(all);
  add_requests(all);
  return all;
}

}  // namespace fuzz
