// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "syncer/ports/ports.h"

namespace contract {

/// A world that a port lives in. Time passes only inside run_until, so no test sleeps.
class World {
 public:
  virtual ~World() = default;
  virtual syncer::Instant now() = 0;
  /// Lets the world turn until `done` says so. False when that took longer than `patience` of the world's own time.
  virtual bool run_until(const std::function<bool()>& done, syncer::Duration patience = std::chrono::seconds(20)) = 0;
};

/// A packet as Node::on_datagram would get it.
struct Packet {
  syncer::Endpoint from;
  syncer::Bytes bytes;
};

/// Two hosts, 0 and 1, that can send packets to each other.
class DatagramsHarness : public World {
 public:
  virtual syncer::Datagrams& datagrams(int host) = 0;
  virtual syncer::Endpoint address(int host) = 0;
  /// An address of the same network where nobody listens.
  virtual syncer::Endpoint nobody() = 0;
  /// What arrived at a host so far.
  virtual const std::vector<Packet>& arrived(int host) = 0;
};

/// One call on Node, as data.
struct StreamEvent {
  enum class Kind { Accepted, Connected, Data, Closed };
  Kind kind;
  syncer::LinkId link;
  syncer::Listener listener = syncer::Listener::Gossip;  ///< of Accepted
  std::string text;                                      ///< bytes of Data, reason of Closed
};

/// Two hosts, 0 and 1, each listening on all three listeners.
class StreamsHarness : public World {
 public:
  virtual syncer::Streams& streams(int host) = 0;
  virtual syncer::Endpoint address(int host, syncer::Listener listener) = 0;
  /// An address where connections are refused.
  virtual syncer::Endpoint nobody() = 0;
  /// Everything that came back at a host so far, in order.
  virtual const std::vector<StreamEvent>& events(int host) = 0;
};

/// Answers one request; nothing means: never answer.
using Handler = std::function<std::optional<syncer::HttpResponse>(const syncer::HttpRequest&)>;
/// One call of Node::on_http, as data.
using HttpOutcome = std::pair<syncer::CallId, syncer::Result<syncer::HttpResponse>>;

/// A client and one server whose behaviour the test chooses.
class HttpHarness : public World {
 public:
  virtual syncer::Http& http() = 0;
  /// Origin of the server; before serve() was called it answers 200 with an empty body.
  virtual std::string origin() = 0;
  virtual void serve(Handler handler) = 0;
  /// An origin where connections are refused.
  virtual std::string nobody() = 0;
  virtual const std::vector<HttpOutcome>& outcomes() = 0;
};

/// One call of Node::on_stored, as data.
using StoredOutcome = std::pair<syncer::CallId, syncer::Result<void>>;

/// One node's disk.
class StorageHarness : public World {
 public:
  virtual syncer::Storage& storage() = 0;
  virtual const std::vector<StoredOutcome>& outcomes() = 0;
  /// The process ends in order and starts again on the same disk; references from storage() become invalid.
  virtual void restart() = 0;
};

/// Where the events of one node go.
class ObserverHarness : public World {
 public:
  virtual syncer::Observer& observer() = 0;
  /// How many events of a kind were taken so far.
  virtual std::uint64_t taken(syncer::EventKind kind) = 0;
};

/// The certificates of two nodes of one pool: of regions "region0" and "region1", with the role sync.
class SignerHarness {
 public:
  virtual ~SignerHarness() = default;
  virtual syncer::Signer& signer(int node) = 0;
};

template <class Harness>
using Factory = std::function<std::unique_ptr<Harness>()>;

/// A suite over one port; instantiated with a factory for each world.
template <class Harness>
class Contract : public testing::TestWithParam<Factory<Harness>> {
 protected:
  std::unique_ptr<Harness> harness_ = this->GetParam()();
};

using DatagramsContract = Contract<DatagramsHarness>;
using StreamsContract = Contract<StreamsHarness>;
using HttpContract = Contract<HttpHarness>;
using StorageContract = Contract<StorageHarness>;
using ObserverContract = Contract<ObserverHarness>;
using SignerContract = Contract<SignerHarness>;

}  // namespace contract
