// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <variant>

#include "syncer/base/bytes.h"
#include "syncer/base/endpoint.h"
#include "syncer/base/ids.h"
#include "syncer/base/result.h"
#include "syncer/replication/messages.h"
#include "syncer/wire/frame/frame.h"

namespace syncer::wire {

/// The protocol between regions; its magic tells an acceptor which of several protocols on one port a stream speaks.
/// The version is raised when a message changes its meaning.
inline constexpr StreamProtocol kSyncProtocol{"SYNC", 1, "sync"};

/// First frame of the dialer, which is the writer of its region.
struct Hello {
  std::string region;
  std::string node;
  std::uint64_t run = 0;  ///< random, of this process: distinguishes a restarted writer from the same one
  bool single = false;    ///< the region has one syncer only, so a second one of that name is a mistake
  Epoch epoch;
  std::uint64_t head = 0;
  bool operator==(const Hello&) const = default;
};

/// The answerer takes the dialer's log. `known_epoch` is the highest epoch of the dialer's region it knows, `known_run`
/// the process that opened it.
struct Welcome {
  std::string region;
  std::string node;
  std::uint64_t run = 0;
  Epoch known_epoch;
  std::uint64_t known_run = 0;
  bool operator==(const Welcome&) const = default;
};

/// The answerer does not take it; the text is for people. `conflict`: two syncers use one region name.
struct Refuse {
  std::string region;
  std::string node;
  std::string reason;
  bool conflict = false;
  bool operator==(const Refuse&) const = default;
};

/// Ask the leader of the answerer's region instead.
struct Redirect {
  Endpoint rpc;
  bool operator==(const Redirect&) const = default;
};

/// First frame of a link that only asks, on behalf of an operator of the dialler's region: what the answerer's region
/// knows. The answer ends the link. A syncer that knows no questions refuses it as a frame type that is unknown.
struct Question {
  /// What is asked; numbers are on the wire, and others are refused.
  enum class Kind : std::uint8_t {
    Explain = 1,  ///< about the instances of that name or with that id
    Differ = 2,   ///< about what is not everywhere as it is to be; `text` names another region, or none
    Ages = 3,     ///< how old entries of the answerer's log are; `text` names their places
  };
  std::string region;
  std::string node;
  Kind kind = Kind::Explain;
  std::string text;
  bool operator==(const Question&) const = default;
};

/// The answer; what is in it is up to the kind of the question.
struct Answer {
  std::string region;
  std::string node;
  Bytes content;
  bool operator==(const Answer&) const = default;
};

/// Longest text of a question, and content of an answer, in bytes.
inline constexpr std::size_t kMaxQuestion = 512;
inline constexpr std::size_t kMaxAnswer = std::size_t{256} << 10U;

using SyncMessage = std::variant<Hello, Welcome, Refuse, Redirect, replication::WriterMessage,
                                 replication::ReaderMessage, Question, Answer>;

/// One whole frame.
Bytes encode_sync(const SyncMessage& message);
/// The same without building the wrapping variant, for messages that go to many readers.
Bytes encode_sync(const replication::WriterMessage& message);
Bytes encode_sync(const replication::ReaderMessage& message);

/// Body of a frame of that type. Errors: Corrupt (does not parse, or something is left over), Unsupported (type).
Result<SyncMessage> decode_sync(std::uint8_t type, ByteView body);

}  // namespace syncer::wire
