// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

#include "syncer/base/http_message.h"
#include "syncer/base/result.h"
#include "syncer/registry/calls.h"
#include "syncer/registry/driver.h"
#include "syncer/registry/servicecenter/documents.h"

namespace syncer::registry::servicecenter {

/// Every answer is read into one of three: Complete, Partial (something in it could not be read or was left out: what
/// is missing says nothing), or an Error:
///   NotFound     the service, version, schema or instance is not there (400012, 400026, 400016, 400017)
///   Refused      the service center says no to what was asked (other 4xx); asking again will not help soon
///   Unsupported  no such route in this release
///   Unreachable  it cannot serve now (5xx, 429, no connection); Timeout: nobody knows what happened
///   Corrupt      success, but the body is not what it should be
/// The error's `where` is the service center's code ("400017") or "HTTP 503", its `detail` the text.
enum class Reading : std::uint8_t { Complete, Partial };

template <class T>
struct Answer {
  T value{};
  Reading reading = Reading::Complete;
  std::string doubt;  ///< why it is partial
  bool complete() const { return reading == Reading::Complete; }
};

/// Success without regard to the body.
Result<void> read_success(const RawAnswer& raw);

Result<Answer<std::vector<ServiceDocument>>> read_services(const RawAnswer& raw, const std::string& domain,
                                                           const std::string& project);

/// What a batch find says about one query.
struct Found {
  enum class Kind : std::uint8_t { Unchanged, Updated, NoService, Failed, Unmentioned };
  Kind kind = Kind::Unmentioned;
  std::string revision;
  std::vector<SharedEntry> instances;
  bool instances_complete = true;
  std::string problem;
};
/// One Found per query, in the order of the queries. The memo may be of any earlier answer.
Result<Answer<std::vector<Found>>> read_find(const RawAnswer& raw, std::size_t queries, InstanceMemo& memo);

Result<Answer<std::vector<SchemaDocument>>> read_schemas(const RawAnswer& raw);
/// Id in the answer of a service registration or existence query.
Result<std::string> read_service_id(const RawAnswer& raw);
/// Id in the answer of an instance registration.
Result<std::string> read_instance_id(const RawAnswer& raw);
/// The token in the answer to a login.
Result<std::string> read_login_token(const RawAnswer& raw);
/// The instance of a get. NotFound when the instance or its service is gone.
Result<Entry> read_one_instance(const RawAnswer& raw);

/// What a heartbeat set says, one per asked instance.
/// NotFound: at least one is lost and the service center does not say which (releases up to 2.0).
Result<std::vector<Beat>> read_heartbeats(const RawAnswer& raw, std::span<const EntryId> asked);

/// A JSON text whose lists of one name hold numbers instead of their elements.
struct CutText {
  Bytes frame;                     ///< element i of `elements` is the number i here
  std::vector<ByteView> elements;  ///< parts of the text that was cut; not checked to be JSON
};

/// Cuts the elements of every list `name` out of a JSON text, wherever it stands; a list within an element stays.
/// What is no JSON text is no JSON text afterwards either, but in which part it shows is not said.
CutText cut_lists(ByteView text, std::string_view name);

}  // namespace syncer::registry::servicecenter
