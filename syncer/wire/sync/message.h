// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>
#include <variant>

#include "syncer/base/bytes.h"
#include "syncer/base/result.h"
#include "syncer/replication/messages.h"
#include "syncer/wire/frame/frame.h"
#include "syncer/wire/sync/openers.h"
#include "syncer/wire/sync/ways.h"

namespace syncer::wire {

/// The protocol between regions; its magic tells an acceptor which of several protocols on one port a stream speaks.
/// The version is raised when a message changes its meaning.
inline constexpr StreamProtocol kSyncProtocol{"SYNC", 1, "sync"};

using SyncMessage =
    std::variant<Hello, Welcome, Refuse, Redirect, replication::WriterMessage, replication::ReaderMessage, Question,
                 Answer, Ways, WaysWanted, Follow, Passed, Returned>;

/// One whole frame.
Bytes encode_sync(const SyncMessage& message);
/// The same without building the wrapping variant, for messages that go to many readers.
Bytes encode_sync(const replication::WriterMessage& message);
Bytes encode_sync(const replication::ReaderMessage& message);
/// Likewise of a message about the records of a third region: Passed and Returned.
Bytes encode_sync(std::string_view region, const replication::WriterMessage& message);
Bytes encode_sync(std::string_view region, const replication::ReaderMessage& message);

/// What the writer of a region signs.
Bytes attested_text(std::string_view region, const replication::Attestation& attestation);

/// Entries of a push, and items of a chunk, at most: a writer's are of 64 KiB.
inline constexpr std::size_t kMaxRecords = std::size_t{1} << 16U;
/// Longest certificate and signature in a message.
inline constexpr std::size_t kMaxCertificate = std::size_t{16} << 10U;
inline constexpr std::size_t kMaxSignature = 1024;

/// Body of a frame of that type. Errors: Corrupt (does not parse, or something is left over), Unsupported (type).
Result<SyncMessage> decode_sync(std::uint8_t type, ByteView body);

}  // namespace syncer::wire
