// SPDX-License-Identifier: Apache-2.0
#include "syncer/catalog/registry_snapshot.h"

#include "syncer/base/mutation.h"

namespace syncer::catalog {
namespace {

bool same_content(const registry::SharedInstance& a, const registry::SharedInstance& b) {
  if (a == b) return true;
  return a->payload == b->payload && a->status == b->status && a->properties == b->properties && a->lease == b->lease;
}

/// Only for the mutation that lets marks rub off.
registry::SharedInstance with_mark_of(const registry::InstanceDocument& before, const registry::SharedInstance& own) {
  auto marked = std::make_shared<registry::InstanceDocument>(*own);
  if (!marked->copy) marked->copy = before.copy;
  return marked;
}

RegistryChange::Kind seen_kind(const registry::InstanceDocument& document) {
  if (document.copy) return RegistryChange::Kind::CopySeen;
  return document.canary ? RegistryChange::Kind::CanarySeen : RegistryChange::Kind::NativeSeen;
}

registry::InstanceRef ref_of(const ServiceRef& service, const std::string& id) {
  return {service.first, service.second, id};
}

}  // namespace

const SeenService* RegistrySnapshot::service(const ServiceRef& ref) const {
  const auto found = services_.find(ref);
  return found == services_.end() ? nullptr : &found->second;
}

const ServiceRef* RegistrySnapshot::find(const registry::ServiceKey& key) const {
  const auto found = by_key_.find(key);
  return found == by_key_.end() ? nullptr : &found->second;
}

const SeenInstance* RegistrySnapshot::instance(const registry::InstanceRef& ref) const {
  const SeenService* owner = service({ref.project, ref.service_id});
  if (owner == nullptr) return nullptr;
  const auto found = owner->instances.find(ref.instance_id);
  return found == owner->instances.end() ? nullptr : &found->second;
}

void RegistrySnapshot::put_service(const std::string& project, registry::ServiceDocument document,
                                   std::vector<RegistryChange>& out) {
  const ServiceRef ref{project, document.id};
  SeenService& service = services_[ref];
  service.listed = true;
  const registry::ServiceDocument& old = service.document;
  if (old.payload == document.payload && old.modified == document.modified && old.key == document.key) return;
  if (!old.id.empty() && old.key != document.key) by_key_.erase(old.key);
  by_key_[document.key] = ref;
  service.document = std::move(document);
  out.push_back({RegistryChange::Kind::ServiceChanged, ref_of(ref, ""), service.document.key});
}

void RegistrySnapshot::put_instances(const ServiceRef& ref, const std::vector<registry::SharedInstance>& instances,
                                     bool complete, std::vector<RegistryChange>& out) {
  SeenService& service = services_.at(ref);
  ++readings_;
  const registry::InstanceDocument* before = nullptr;
  for (registry::SharedInstance document : instances) {
    if (SYNCER_MUTATED("catalog.marks_rub_off") && before != nullptr) document = with_mark_of(*before, document);
    put_instance(ref, service, document, out);
    before = document.get();
  }
  if (!complete) return;
  std::vector<std::string> absent;
  for (const auto& [id, seen] : service.instances) {
    if (seen.reading != readings_) absent.push_back(id);
  }
  for (const std::string& id : absent) miss(ref, service, id, out);
}

void RegistrySnapshot::put_instance(const ServiceRef& ref, SeenService& service,
                                    const registry::SharedInstance& document, std::vector<RegistryChange>& out) {
  const auto [it, is_new] = service.instances.try_emplace(document->id);
  SeenInstance& seen = it->second;
  seen.reading = readings_;
  if (!is_new && !seen.missing && same_content(seen.document, document)) {
    seen.document = document;  // its text may be another one, and is the one that comes again
    return;
  }
  const std::size_t before = !is_new && is_native(*seen.document) ? 1 : 0;
  const std::size_t after = is_native(*document) ? 1 : 0;
  service.natives += after - before;
  natives_ += after - before;
  seen.missing = false;
  seen.document = document;
  out.push_back({seen_kind(*seen.document), ref_of(ref, it->first), {}});
}

void RegistrySnapshot::miss(const ServiceRef& ref, SeenService& service, const std::string& id,
                            std::vector<RegistryChange>& out) {
  SeenInstance& seen = service.instances.at(id);
  if (is_native(*seen.document)) {
    seen.missing = true;
    out.push_back({RegistryChange::Kind::NativeMissing, ref_of(ref, id), {}});
    return;
  }
  const bool copy = seen.document->copy.has_value();
  out.push_back({copy ? RegistryChange::Kind::CopyMissing : RegistryChange::Kind::CanaryMissing, ref_of(ref, id), {}});
  service.instances.erase(id);
}

void RegistrySnapshot::set_listed(const ServiceRef& ref, bool listed) {
  const auto found = services_.find(ref);
  if (found != services_.end()) found->second.listed = listed;
}

void RegistrySnapshot::erase_instance(const registry::InstanceRef& ref) {
  const auto found = services_.find({ref.project, ref.service_id});
  if (found == services_.end()) return;
  const auto seen = found->second.instances.find(ref.instance_id);
  if (seen == found->second.instances.end()) return;
  if (is_native(*seen->second.document)) {
    --found->second.natives;
    --natives_;
  }
  found->second.instances.erase(seen);
}

bool RegistrySnapshot::erase_if_gone(const ServiceRef& ref, std::vector<RegistryChange>& out) {
  const auto found = services_.find(ref);
  if (found == services_.end() || found->second.listed || !found->second.instances.empty()) return false;
  out.push_back({RegistryChange::Kind::ServiceChanged, ref_of(ref, ""), found->second.document.key});
  by_key_.erase(found->second.document.key);
  services_.erase(found);
  return true;
}

}  // namespace syncer::catalog
