// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "syncer/base/bytes.h"
#include "syncer/base/result.h"
#include "syncer/base/time.h"
#include "syncer/registry/record.h"
#include "syncer/registry/servicecenter/json_text.h"

namespace syncer::registry::servicecenter {

/// A microservice as one service center holds it.
struct ServiceDocument {
  std::string id;  ///< this service center's id, never empty
  ServiceState state;
};

/// A contract. `has_content` is false for an id that is only listed.
struct SchemaDocument {
  std::string id;
  bool has_content = false;
  Bytes payload;  ///< canonical {"schema","summary"}; also the body that writes it
};

/// Reads one element of a service list. Nothing when the id or the name is missing or a member has the wrong type.
std::optional<ServiceDocument> read_service(const json::Value& document, const std::string& domain,
                                            const std::string& project);
/// Reads one element of an instance list; nothing as above.
std::optional<Entry> read_instance(const json::Value& document);
/// Reads one element of a schema list; nothing as above.
std::optional<SchemaDocument> read_schema(const json::Value& document);

/// Lease of a health check as the service center counts it: interval x (times + 1), 120 s when there is none.
Duration lease_of(const json::Value& instance);
/// The name of a property is one that syncers use.
inline bool is_mark(std::string_view property) { return property.starts_with("syncer."); }

/// Ids of copies are recognised, even where somebody replaced the marks: 24 hexadecimal digits of a hash and 8 that
/// follow from these. An application that lets the registry choose its id, or takes a random one, never has such an id.
std::string copy_id_of(ByteView identity);
bool is_copy_id(std::string_view id);
/// Id of the canary of a node: one per (region, node), so that a restart finds its own.
std::string canary_id(const std::string& region, const std::string& node);

/// The service of the canaries: never replicated.
bool is_syncer_service(const ServiceKey& key);

/// The neutral name of a project of a domain and back: empty for default/default, else "domain/project".
std::string space_of(const std::string& domain, const std::string& project);
std::string project_of(const std::string& space);

/// Natural key of the service that canaries live under.
ServiceKey canary_service(const std::string& domain, const std::string& project);

/// Knows the instances that somebody still holds by their text. A registry lists all instances of a service when one of
/// them changes; those that come again byte for byte are not parsed again. It keeps nothing alive, and what it knows
/// of what is gone stays less than what is held.
class InstanceMemo {
 public:
  /// Reads one element of an instance list. An error when it is not JSON, nullptr when it is no instance.
  Result<SharedEntry> read(ByteView text);
  /// Texts that are known now, those of instances that nobody holds any more among them.
  std::size_t size() const { return known_.size(); }

 private:
  static constexpr std::size_t kLeast = 64;
  /// 128 bits of a hash stand for the text.
  using Print = std::pair<std::uint64_t, std::uint64_t>;
  static Print print_of(ByteView text);
  void forget_gone();

  std::map<Print, std::weak_ptr<const Entry>> known_;
  std::size_t most_ = kLeast;
};

/// Tags native parts and attachments of this kind on the wire.
inline constexpr std::string_view kNativeKind = "sc";

/// An instance in this kind's own terms.
struct InstanceDocument {
  Members members;      ///< of the document, canonical; without ids, times and what else one registry made
  std::string status;   ///< the service center's word
  Metadata properties;  ///< as in `members`
  std::vector<std::string> endpoints;
  Duration lease{};
};

/// The record of an instance: neutral what can be, the rest as the native part. Lossless: document_of() gives the same
/// members again. Members that are null count as absent.
InstanceRecord record_of(const json::Value& instance, Members members);
/// The same with its properties, when they were read already.
InstanceRecord record_of(const json::Value& instance, Members members, Metadata metadata);
/// The native part says nothing any more that the changed neutral part says otherwise; see Kinds::Adapt.
Result<void> adapt_native(InstanceRecord& record, const Instance& former);
/// How an instance of any kind looks here. From a record of this kind its very members, from another one what the
/// neutral part says. Invalid when the native part is broken.
Result<InstanceDocument> document_of(const InstanceRecord& record);

}  // namespace syncer::registry::servicecenter
