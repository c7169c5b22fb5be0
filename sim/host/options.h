// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/fault/process_fault.h"
#include "syncer/base/identity.h"
#include "syncer/base/time.h"
#include "syncer/node/node_config.h"

namespace sim::host {

using fault::CallKind;
using fault::DiskFate;
using fault::RelayLie;

/// How peers learn of a crash.
enum class Farewell : std::uint8_t {
  Reset,   ///< the machine lives on and resets known connections
  Silent,  ///< the machine is gone; connections stay half-open until somebody notices
};

/// Death in the middle of a step: at the n-th such call from now on.
struct Doom {
  CallKind call = CallKind::RegistryWrite;
  std::uint64_t nth = 1;
  DiskFate disk = DiskFate::Tear;
  syncer::Duration down = std::chrono::seconds(1);  ///< until the next start
};

/// A sick disk.
struct DiskFault {
  bool fail = false;       ///< every read and write ends in an I/O error
  bool full = false;       ///< every write ends in "no space"
  std::uint32_t slow = 1;  ///< latency times this
  bool operator==(const DiskFault&) const = default;
};

/// The certificate that a machine shows.
struct Certificate {
  syncer::PeerIdentity identity;
  bool believed = true;  ///< false: expired, revoked, or of another CA; no handshake with it succeeds
};

/// One syncer and its machine.
struct NodeSpec {
  std::string name;
  syncer::node::NodeConfig config;
  std::optional<Certificate> certificate = {};
  bool stranger = false;                                       ///< no syncer at all; probes hear nothing of its process
  syncer::Duration disk_min = std::chrono::microseconds(200);  ///< a durable write takes between min and max
  syncer::Duration disk_max = std::chrono::milliseconds(2);
};

/// How an application comes back that its registry forgot, once its next heartbeat has told it so.
struct Returning {
  /// Under another id with the same endpoints, as SDKs do that leave the id to the registry. Its second id is its name
  /// with "-r2", then "-r3".
  bool new_ids = false;
  syncer::Duration within{};  ///< each after a random time of its own up to this
};

/// Who may do everything in a registry that wants tokens.
inline constexpr const char* kAccount = "syncer";
inline constexpr const char* kPassword = "Syncer#2026";

/// One registry. Nodes address its front-ends as "http://<name>-<k>:30100" (k from 0; "http://<name>:30100" is
/// front-end 0) or by the further origins given here, in order of front-ends.
struct RegistrySpec {
  std::string name;
  std::string kind = "servicecenter";  ///< one of registry_kinds()
  std::uint32_t front_ends = 1;
  std::vector<std::string> origins;
  std::string version;                                      ///< release of its kind; empty: the kind's usual one
  syncer::Duration latency = std::chrono::milliseconds(1);  ///< time to work on one request
  std::optional<syncer::Duration> min_lease;          ///< shorter leases are raised to this; the kind's own when absent
  std::optional<syncer::Duration> delete_visibility;  ///< how long a removed instance is still listed
  bool lags = false;  ///< readers see writes as late as those of the real one, which loses some on the way
  std::optional<syncer::Duration> tokens;  ///< requests need a token, which lives this long
  Returning returning;
};

/// Constants of a whole world.
struct WorldOptions {
  /// A process that ended by itself (Node::fatal) is started again after this; nothing leaves it down.
  std::optional<syncer::Duration> supervisor_delay = std::chrono::seconds(5);
  syncer::Duration connect_timeout = std::chrono::seconds(5);  ///< of streams and of HTTP
  syncer::Duration retransmit_first = std::chrono::milliseconds(200);
  syncer::Duration retransmit_limit = std::chrono::seconds(60);  ///< a stream without progress for this long is closed
  std::uint64_t stream_window = 256 * 1024;                      ///< bytes under way in one direction
  std::uint64_t socket_buffer = 208 * 1024;  ///< bytes of datagrams a frozen process can have waiting
};

}  // namespace sim::host
