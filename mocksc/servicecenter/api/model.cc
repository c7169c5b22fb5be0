// SPDX-License-Identifier: Apache-2.0
#include "mocksc/servicecenter/api/model.h"

#include <utility>
#include <vector>

#include "mocksc/servicecenter/api/answer_cache.h"
#include "mocksc/servicecenter/api/dispatch.h"
#include "mocksc/servicecenter/store/registry.h"
#include "mocksc/servicecenter/api/transport.h"

namespace mocksc {

struct Model::Impl {
  Impl(ModelOptions options, syncer::Random random) : registry(std::move(options), random) {}
  Registry registry;
  AnswerCache cache;
  BodyMemos memos;
};

namespace {

InstanceView view_of(const InstanceRecord& instance) {
  const Tenant& tenant = *instance.service->tenant;
  return {tenant.domain, tenant.project, instance.service->data, instance.data, instance.deadline, instance.alive};
}

bool needs_no_domain(Operation operation) {
  return operation == Operation::Health || operation == Operation::Version || operation == Operation::RootHealth ||
         operation == Operation::RootVersion;
}

syncer::HttpResponse respond(Registry& registry, BodyMemos& memos, syncer::Instant now, const Route& route,
                             const syncer::HttpRequest& request, std::string_view client, const ReadFault& fault) {
  const Release release = registry.options().release;
  const std::string* domain = request.headers.find("X-Domain-Name");
  const bool has_domain = domain != nullptr && !domain->empty();
  if (!has_domain && release == Release::V1_3_0 && !needs_no_domain(route.operation)) {
    return text_answer(400, "Header does not contain domain.");
  }
  if (request.body.size() > body_limit(route.operation, release)) {
    syncer::HttpResponse answer = error_answer({kInvalidParams, "http: request body too large"});
    answer.headers.add("Connection", "close");
    return answer;
  }
  const std::string_view domain_name = has_domain ? std::string_view(*domain) : "default";
  const auto mark = request.target.find('?');
  const Query query(mark == std::string::npos ? std::string_view() : std::string_view(request.target).substr(mark + 1));
  Call call{registry, registry.tenant_or_empty(domain_name, route.project),
            now,      domain_name,
            route,    request,
            query,    client,
            fault,    memos};
  return dispatch(call);
}

}  // namespace

Model::Model(ModelOptions options, syncer::Random random) : impl_(std::make_unique<Impl>(std::move(options), random)) {}
Model::~Model() = default;
Model::Model(Model&&) noexcept = default;
Model& Model::operator=(Model&&) noexcept = default;

const ModelOptions& Model::options() const { return impl_->registry.options(); }

syncer::HttpResponse Model::handle(syncer::Instant now, std::size_t frontend, const syncer::HttpRequest& request,
                                   std::string_view client) {
  return handle(now, frontend, request, client, ReadFault{});
}

syncer::HttpResponse Model::handle(syncer::Instant now, std::size_t /*frontend*/, const syncer::HttpRequest& request,
                                   std::string_view client, const ReadFault& fault) {
  Registry& registry = impl_->registry;
  const Release release = registry.options().release;
  registry.advance(now);
  Route found = route(request.method, std::string_view(request.target).substr(0, request.target.find('?')));
  const bool is_cached = fault.is_none() && AnswerCache::is_cached(found.operation);
  if (is_cached) {
    if (const auto* known = impl_->cache.find(registry, found.operation, request)) return *known;
  }
  syncer::HttpResponse answer;
  if (auto bad_uri = check_uri(request.target)) {
    answer = std::move(*bad_uri);
  } else if (found.operation == Operation::Unknown) {
    answer = unrouted_answer(request.method, found);
  } else if (!is_known_to(found.operation, release)) {
    answer = unrouted_answer(request.method, Route{});
  } else {
    answer = respond(registry, impl_->memos, now, found, request, client, fault);
  }
  finish(answer, release);
  if (is_cached) impl_->cache.remember(registry, found.operation, request, answer);
  return answer;
}

syncer::Instant Model::next_deadline() const { return impl_->registry.next_deadline(); }
void Model::advance(syncer::Instant now) { impl_->registry.advance(now); }
void Model::set_listener(ChangeListener listener) { impl_->registry.set_listener(std::move(listener)); }
std::uint64_t Model::writes() const { return impl_->registry.writes(); }
std::uint64_t Model::visible_changes() const { return impl_->registry.visible_changes(); }
void Model::lose_data(syncer::Instant now) { impl_->registry.clear(now); }
void Model::freeze_leases(bool frozen) { impl_->registry.freeze_leases(frozen); }
std::string Model::save() const { return impl_->registry.save(); }

syncer::Result<void> Model::restore(syncer::Instant now, std::string_view saved) {
  return impl_->registry.restore(saved, Registry::Leases::Renewed, now);
}

void Model::for_each_instance(const std::function<void(const InstanceView&)>& use) const {
  for (const auto& [key, tenant] : impl_->registry.tenants()) {
    for (const auto& [service_id, service] : tenant.services) {
      for (const auto& [id, instance] : service->instances) use(view_of(*instance));
    }
  }
}

void Model::for_each_service(
    const std::function<void(std::string_view domain, std::string_view project, const Service&)>& use) const {
  for (const auto& [key, tenant] : impl_->registry.tenants()) {
    for (const auto& [id, service] : tenant.services) use(tenant.domain, tenant.project, service->data);
  }
}

std::optional<InstanceView> Model::find_instance(std::string_view domain, std::string_view project,
                                                 std::string_view service_id, std::string_view instance_id) const {
  Tenant& tenant = impl_->registry.tenant_or_empty(domain, project);
  const InstanceRecord* found = Registry::find_instance(tenant, service_id, instance_id);
  return found == nullptr ? std::nullopt : std::optional<InstanceView>(view_of(*found));
}

std::size_t Model::expire(syncer::Instant now, std::string_view instance_id) {
  std::vector<InstanceRecord*> found;
  for (const auto& [key, tenant] : impl_->registry.tenants()) {
    for (const auto& [service_id, service] : tenant.services) {
      const auto instance = service->instances.find(instance_id);
      if (instance != service->instances.end() && instance->second->alive) found.push_back(instance->second.get());
    }
  }
  for (InstanceRecord* instance : found) {
    impl_->registry.end_lease(*instance, ChangeKind::InstanceExpired, now, {});
  }
  return found.size();
}

Model Model::copy() const {
  Model out(options(), syncer::Random(0));
  out.impl_->registry.copy_from(impl_->registry);
  return out;
}

void Model::hash(syncer::StateHasher& hasher) const {
  const Registry& registry = impl_->registry;
  hasher.add(registry.revision());
  hasher.add(registry.writes());
  for_each_service([&](std::string_view domain, std::string_view project, const Service& service) {
    hasher.add(domain);
    hasher.add(project);
    hasher.add(service.service_id);
    hasher.add(service.mod_timestamp);
  });
  for_each_instance([&](const InstanceView& view) {
    hasher.add(view.instance.instance_id);
    hasher.add(view.instance.status);
    hasher.add(static_cast<std::uint64_t>(syncer::nanos(view.lease_deadline)));
    hasher.add(static_cast<std::uint64_t>(view.alive));
  });
}

}  // namespace mocksc
