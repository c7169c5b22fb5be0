// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "syncer/base/bytes.h"
#include "syncer/base/result.h"
#include "syncer/raft/message.h"

namespace syncer::wire {

/// One Raft message as octets, without framing: format version, type, flags, then varints in the order of the struct.
Bytes encode_raft(const raft::Message& message);

/// Reads what encode_raft wrote. ErrorCode::Unsupported for another format version, ErrorCode::Corrupt for octets that
/// are no message or have something left over. Allocates no more than the input holds.
Result<raft::Message> decode_raft(ByteView octets);

}  // namespace syncer::wire
