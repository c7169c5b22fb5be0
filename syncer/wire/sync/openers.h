// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "syncer/base/bytes.h"
#include "syncer/base/endpoint.h"
#include "syncer/base/ids.h"

namespace syncer::wire {

// Messages that open a link, and those of a link that only asks.

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

// Bodies of their frames; what is read is bounded.
void write(ByteWriter& w, const Hello& m);
void read(ByteReader& r, Hello& m);
void write(ByteWriter& w, const Welcome& m);
void read(ByteReader& r, Welcome& m);
void write(ByteWriter& w, const Refuse& m);
void read(ByteReader& r, Refuse& m);
void write(ByteWriter& w, const Redirect& m);
void read(ByteReader& r, Redirect& m);
void write(ByteWriter& w, const Question& m);
void read(ByteReader& r, Question& m);
void write(ByteWriter& w, const Answer& m);
void read(ByteReader& r, Answer& m);

}  // namespace syncer::wire
