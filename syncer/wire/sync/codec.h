// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "syncer/base/bytes.h"
#include "syncer/base/result.h"
#include "syncer/wire/sync/message.h"

namespace syncer::wire {

/// One whole frame.
Bytes encode_sync(const SyncMessage& message);
/// The same without building the wrapping variant, for messages that go to many readers.
Bytes encode_sync(const replication::WriterMessage& message);
Bytes encode_sync(const replication::ReaderMessage& message);

/// Body of a frame of that type. Errors: Corrupt (does not parse, or something is left over), Unsupported (type).
Result<SyncMessage> decode_sync(std::uint8_t type, ByteView body);

}  // namespace syncer::wire
