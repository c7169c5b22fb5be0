// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

namespace syncer {

/// Every kind of event a node can report, with the stable dotted name that logs and metrics use. The fields of each
/// kind are named beside it.
// clang-format off
#define SYNCER_EVENT_KINDS(X)                                                                              \
  /* membership: member, address, incarnation */                                                          \
  X(MemberJoined,        "member.joined")                                                                 \
  X(MemberUpdated,       "member.updated")                                                                \
  X(MemberSuspected,     "member.suspected")                                                              \
  X(MemberRefuted,       "member.refuted")                                                                \
  X(MemberDied,          "member.died")                                                                   \
  X(MemberLeft,          "member.left")                                                                   \
  X(MemberConflict,      "member.conflict")        /* member, address, other */                           \
  X(JoinFailed,          "join.failed")            /* seed, reason */                                     \
  X(JoinSucceeded,       "join.succeeded")         /* seed, members */                                    \
  X(PacketDropped,       "packet.dropped")         /* from, reason */                                     \
  /* links between regions: region, node, address, reason */                                              \
  X(LinkUp,              "link.up")                                                                       \
  X(LinkDown,            "link.down")                                                                     \
  X(PeerRefused,         "peer.refused")                                                                  \
  X(FrameDropped,        "frame.dropped")                                                                 \
  /* replication: region, epoch, seq, count */                                                            \
  X(EpochOpened,         "epoch.opened")                                                                  \
  X(EntryAppended,       "entry.appended")         /* seq, op, key */                                     \
  X(EntryApplied,        "entry.applied")          /* region, epoch_generation, epoch_term, seq, op, key */ \
  X(ReplicaRebound,      "replica.rebound")                                                               \
  X(ReplicaRepaired,     "replica.repaired")                                                              \
  X(ReplicaReloaded,     "replica.reloaded")                                                              \
  X(HashMismatch,        "replica.hash_mismatch")                                                         \
  X(StaleEpochRefused,   "replica.stale_epoch")                                                           \
  /* registry: address, reason, op, code */                                                               \
  X(RegistryUp,          "registry.up")                                                                   \
  X(RegistryDown,        "registry.down")                                                                 \
  X(RegistryFailover,    "registry.failover")                                                             \
  X(RegistryRefusal,     "registry.refusal")                                                              \
  X(RegistryShared,      "registry.shared")        /* region, other: two regions write one registry */    \
  X(Exported,            "export.put")             /* key */                                              \
  X(Unexported,          "export.removed")         /* key */                                              \
  X(CopyRegistered,      "copy.registered")        /* region, instance, copy */                           \
  X(CopyUpdated,         "copy.updated")                                                                  \
  X(CopyRemoved,         "copy.removed")           /* region, instance, copy, reason */                   \
  X(CopyParked,          "copy.parked")            /* region, key, reason, retry */                       \
  X(CopyUnparked,        "copy.unparked")                                                                 \
  X(LeaseLost,           "copy.lease_lost")                                                               \
  X(GuardTripped,        "guard.tripped")          /* side, region, pending, allowed */                   \
  X(GuardReleased,       "guard.released")         /* side, region, reason */                             \
  X(HoldStarted,         "hold.started")           /* region */                                           \
  X(HoldExpired,         "hold.expired")           /* region, copies */                                   \
  /* node */                                                                                              \
  X(NodeStarted,         "node.started")                                                                  \
  X(NodeReady,           "node.ready")                                                                    \
  X(NodeLeaving,         "node.leaving")                                                                  \
  X(NodeStopped,         "node.stopped")                                                                  \
  X(NodeFailed,          "node.failed")            /* reason: cannot go on, the process must end */       \
  X(StorageFailed,       "storage.failed")                                                                \
  /* cluster mode: region, group, term, leader */                                                         \
  X(LeaderElected,       "leader.elected")                                                                \
  X(LeaderLost,          "leader.lost")
// clang-format on

enum class EventKind : std::uint16_t {
#define SYNCER_EVENT_ENUM(kind, text) kind,
  SYNCER_EVENT_KINDS(SYNCER_EVENT_ENUM)
#undef SYNCER_EVENT_ENUM
};

/// Stable dotted name, e.g. "member.joined".
std::string_view name(EventKind kind);

}  // namespace syncer
