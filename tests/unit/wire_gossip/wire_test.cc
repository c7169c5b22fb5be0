// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "syncer/wire/gossip/message.h"
#include "syncer/wire/gossip/packet.h"
#include "syncer/wire/gossip/stream.h"
#include "tests/unit/membership/conformance.h"
#include "tests/unit/wire_gossip/as_json.h"

namespace syncer::wire::gossip {
namespace {

using conformance::json;

Pool pool_of(const json& entry) {
  Pool pool;
  if (entry.contains("label")) pool.label = entry["label"].get<std::string>();
  if (entry.contains("implied_label")) pool.label = entry["implied_label"].get<std::string>();
  if (entry.contains("key"))
    pool.keys = crypto::Keyring::make({from_hex(entry["key"].get<std::string>()).value()}).value();
  return pool;
}

/// The innermost messages, whatever layers stand around them.
std::vector<json> messages_of(const json& message) {
  if (message.contains("inner")) return messages_of(message["inner"]);
  if (!message.contains("parts")) return {normalized(message)};
  std::vector<json> all;
  for (const json& part : message["parts"]) all.push_back(normalized(part));
  return all;
}

crypto::Nonce nonce_of(const json& encryption) {
  const Bytes bytes = from_hex(encryption.at("nonce").get<std::string>()).value();
  crypto::Nonce nonce{};
  std::copy(bytes.begin(), bytes.end(), nonce.begin());
  return nonce;
}

bool has_layer(const json& entry, const std::string& layer) {
  for (const json& l : entry.at("layers")) {
    if (l == layer) return true;
  }
  return false;
}

bool is_padded(const json& entry) {
  return has_layer(entry, "encrypt") && entry["decoded"]["encryption"]["version"] == 0;
}

/// Why an entry is read but not compared with what we would write; empty: it was compared.
using Reason = std::string;
const Reason kCompressed = "we read compression and do not write it";
const Reason kLoneCompound = "we write no compound of less than two";
const Reason kReadOnly = "another form of a value that we write in one form";
const Reason kUserStream = "we send user messages in packets only";
const Reason kSigned = "numbers as newer codecs write them; we write the older form, which all read";

/// The text of the entry, sealed behind `header` bytes in the padded form of protocol 1.
void expect_same_padding(const json& entry, std::size_t header) {
  const Pool pool = pool_of(entry);
  const json encryption = entry["decoded"]["encryption"];
  const Bytes bytes = from_hex(entry.at("hex").get<std::string>()).value();
  const Bytes plain = from_hex(encryption.at("plaintext").get<std::string>()).value();
  Bytes sealed = bytes.substr(0, header);
  pool.keys.seal(plain, sealed + pool.label, nonce_of(encryption), sealed, crypto::Encryption::Padded);
  EXPECT_EQ(to_hex(sealed), to_hex(bytes));
}

Bytes packet_of(const json& entry, const Unpacked& unpacked) {
  PacketBuilder builder(unpacked.messages.size());
  for (const ByteView message : unpacked.messages) {
    membership::Message decoded;
    EXPECT_EQ(decode(message, decoded), Drop::None);
    Bytes encoded;
    encode(decoded, encoded);
    builder.add(encoded);
  }
  const auto nonce = [&] { return nonce_of(entry["decoded"].at("encryption")); };
  return builder.finish(pool_of(entry), has_layer(entry, "crc"), nonce);
}

Reason expect_same_packet(const json& entry, const Unpacked& unpacked) {
  if (entry.value("purpose", "") == "decode_only") return kReadOnly;
  if (is_padded(entry)) {
    expect_same_padding(entry, 0);
    return "";
  }
  if (has_layer(entry, "compress")) return kCompressed;
  if (has_layer(entry, "compound") && unpacked.messages.size() < 2) return kLoneCompound;
  EXPECT_EQ(to_hex(packet_of(entry, unpacked)), entry.at("hex"));
  return "";
}

Reason check_packet(const json& entry) {
  Unpacked unpacked;
  const Bytes packet = from_hex(entry.at("hex").get<std::string>()).value();
  unpack(packet, pool_of(entry), unpacked);
  EXPECT_EQ(name(unpacked.drop), "none");
  const auto expected = messages_of(entry["decoded"]["message"]);
  EXPECT_EQ(unpacked.messages.size(), expected.size());
  for (std::size_t i = 0; i < std::min(unpacked.messages.size(), expected.size()); ++i) {
    membership::Message message;
    EXPECT_EQ(name(decode(unpacked.messages[i], message)), "none");
    EXPECT_EQ(as_json(message), expected[i]);
    Bytes encoded;
    encode(message, encoded);
    if (entry.value("purpose", "") != "decode_only") {
      EXPECT_EQ(to_hex(encoded), to_hex(unpacked.messages[i]));
    }
  }
  return expect_same_packet(entry, unpacked);
}

Bytes encode_again(const StreamMessage& message) {
  Bytes out;
  if (const auto* exchange = std::get_if<Exchange>(&message)) {
    encode_exchange(exchange->entries, exchange->join, exchange->user_state, out);
  }
  if (const auto* ping = std::get_if<membership::Ping>(&message)) encode(*ping, out);
  if (const auto* ack = std::get_if<membership::Ack>(&message)) encode(*ack, out);
  if (const auto* error = std::get_if<StreamError>(&message)) encode_error(error->text, out);
  return out;
}

Reason expect_same_stream(const json& entry, Opened by_them, const StreamMessage& message) {
  constexpr std::size_t kFrameHeader = 5;
  if (is_padded(entry)) {
    expect_same_padding(entry, kFrameHeader);
    return "";
  }
  if (has_layer(entry, "compress")) return kCompressed;
  if (std::holds_alternative<membership::User>(message)) return kUserStream;
  if (entry.at("int_style") == "signed") return kSigned;
  const auto nonce = [&] { return nonce_of(entry["decoded"].at("encryption")); };
  Bytes written;
  write_stream(encode_again(message), pool_of(entry), by_them, nonce, written);
  EXPECT_EQ(to_hex(written), entry.at("hex"));
  return "";
}

Reason check_stream(const json& entry) {
  const Pool pool = pool_of(entry);
  const Opened opened = entry.at("role") == "initiator" ? Opened::ByPeer : Opened::ByUs;
  StreamReader reader(pool, opened);
  const Bytes bytes = from_hex(entry.at("hex").get<std::string>()).value();
  auto status = StreamReader::Status::NeedMore;
  for (std::size_t at = 0; at < bytes.size() && status == StreamReader::Status::NeedMore; at += 7) {
    status = reader.feed(ByteView(bytes).substr(at, 7));
  }
  EXPECT_EQ(status, StreamReader::Status::Complete) << name(reader.drop());
  if (status != StreamReader::Status::Complete) return "unread";
  EXPECT_EQ(as_json(reader.message()), messages_of(entry["decoded"]["message"]).at(0));
  return expect_same_stream(entry, opened == Opened::ByPeer ? Opened::ByUs : Opened::ByPeer, reader.message());
}

TEST(GossipWire, ReadsWhatTheReferenceWroteAndWritesTheSame) {
  LOAD_CONFORMANCE(data, "wire.json");
  ASSERT_FALSE(data.at("entries").empty());
  std::map<Reason, int> packets;
  std::map<Reason, int> streams;
  for (const json& entry : data.at("entries")) {
    SCOPED_TRACE(entry.at("id").get<std::string>());
    entry.at("transport") == "packet" ? ++packets[check_packet(entry)] : ++streams[check_stream(entry)];
  }
  EXPECT_EQ(packets, (std::map<Reason, int>{{"", 167}, {kCompressed, 14}, {kLoneCompound, 2}}));
  EXPECT_EQ(streams, (std::map<Reason, int>{{"", 31}, {kCompressed, 35}, {kUserStream, 3}, {kSigned, 8}}));
}

TEST(GossipWire, ReadsOtherFormsOfTheSameValue) {
  LOAD_CONFORMANCE(data, "wire.json");
  ASSERT_FALSE(data.at("decode_tolerance").empty());
  for (const json& entry : data.at("decode_tolerance")) {
    SCOPED_TRACE(entry.at("id").get<std::string>());
    ASSERT_EQ(entry.at("transport"), "packet");
    EXPECT_EQ(check_packet(entry), kReadOnly);
  }
}

TEST(GossipWire, SizesAreThoseOfTheReference) {
  LOAD_CONFORMANCE(data, "formulas.json");
  int rows = 0;
  for (const json& row : data.at("rows")) {
    SCOPED_TRACE(row.at("name").get<std::string>());
    const json& in = row.at("in");
    if (row.at("fn") == "encrypted_length") {
      const auto version = in.at("version") == 0 ? crypto::Encryption::Padded : crypto::Encryption::Plain;
      EXPECT_EQ(crypto::encrypted_length(version, in.at("plain_len")), row["out"]["length"]);
    } else if (row.at("fn") == "encrypt_overhead") {
      EXPECT_EQ(in.at("version") == 0 ? crypto::kPaddedOverhead : crypto::kEncryptOverhead, row["out"]["overhead"]);
    } else if (row.at("fn") == "label_overhead") {
      EXPECT_EQ(label_overhead(in.at("label")), row["out"]["overhead"]);
    } else {
      continue;
    }
    ++rows;
  }
  EXPECT_GT(rows, 0);
}

}  // namespace
}  // namespace syncer::wire::gossip
