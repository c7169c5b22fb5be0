// SPDX-License-Identifier: Apache-2.0
#include "mocksc/servicecenter/api/model.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "mocksc/servicecenter/api/accounts.h"
#include "mocksc/servicecenter/api/admin_calls.h"
#include "mocksc/servicecenter/api/find_calls.h"
#include "mocksc/servicecenter/api/govern_calls.h"
#include "mocksc/servicecenter/api/instance_calls.h"
#include "mocksc/servicecenter/api/relation_calls.h"
#include "mocksc/servicecenter/api/schema_calls.h"
#include "mocksc/servicecenter/api/service_calls.h"
#include "mocksc/servicecenter/api/transport.h"
#include "mocksc/servicecenter/store/registry.h"
#include "mocksc/servicecenter/store/self_registration.h"
#include "syncer/base/assert.h"
#include "syncer/base/hash.h"

namespace mocksc {
namespace {

template <class Result>
struct Handler {
  Operation operation;
  Result (*handle)(Call&);
};

/// The calls that answer with nothing but a body.
constexpr auto kHandlers = std::to_array<Handler<Answer>>({
    {Operation::ListServices, list_services},
    {Operation::DeleteServices, delete_services},
    {Operation::GetService, get_service},
    {Operation::DeleteService, delete_service},
    {Operation::ServiceProperties, put_service_properties},
    {Operation::PutSchemas, put_schemas},
    {Operation::ListSchemas, list_schemas},
    {Operation::PutSchema, put_schema},
    {Operation::DeleteSchema, delete_schema},
    {Operation::RegisterInstance, register_instance},
    {Operation::Unregister, unregister_instance},
    {Operation::Heartbeat, heartbeat},
    {Operation::Status, put_status},
    {Operation::InstanceProperties, put_instance_properties},
    {Operation::BulkStatus, bulk_status},
    {Operation::BatchFind, batch_find},
    {Operation::PutTags, put_tags},
    {Operation::GetTags, get_tags},
    {Operation::PutTag, put_tag},
    {Operation::DeleteTags, delete_tags},
    {Operation::Providers, list_providers},
    {Operation::Consumers, list_consumers},
    {Operation::AddRules, add_rules},
    {Operation::ListRules, list_rules},
    {Operation::PutRule, put_rule},
    {Operation::DeleteRules, delete_rules},
    {Operation::Health, cluster_health},
    {Operation::RootHealth, cluster_health},
    {Operation::Version, version},
    {Operation::RootVersion, root_version},
    {Operation::PactIndex, pact_index},
    {Operation::SyncerHealth, syncer_health},
    {Operation::Dump, dump},
    {Operation::Clusters, clusters},
    {Operation::Alarms, alarms},
    {Operation::ClearAlarms, clear_alarms},
    {Operation::GovernServices, govern_services},
    {Operation::GovernService, govern_service},
    {Operation::GovernApps, govern_apps},
    {Operation::GovernStatistics, govern_statistics},
    {Operation::GovernRelations, govern_relations},
});

/// Those that answer with more: a summary, a revision, a status of their own.
constexpr auto kFullHandlers = std::to_array<Handler<syncer::HttpResponse>>({
    {Operation::RegisterService, register_service},
    {Operation::Existence, existence},
    {Operation::GetSchema, get_schema},
    {Operation::GetInstance, get_instance},
    {Operation::ListInstances, list_instances},
    {Operation::Find, find_instances},
    {Operation::HeartbeatSet, heartbeat_set},
    {Operation::AddDependencies, add_dependencies},
    {Operation::SetDependencies, set_dependencies},
    {Operation::Watch, socket_without_upgrade},
    {Operation::HeartbeatSocket, socket_without_upgrade},
});

template <class Table>
auto find_handler(const Table& table, Operation operation) {
  return std::find_if(table.begin(), table.end(), [&](const auto& one) { return one.operation == operation; });
}

/// Runs the handler of the call's operation, which is not Unknown.
syncer::HttpResponse dispatch(Call& call) {
  const auto full = find_handler(kFullHandlers, call.route.operation);
  if (full != kFullHandlers.end()) return full->handle(call);
  const auto found = find_handler(kHandlers, call.route.operation);
  SYNCER_ASSERT(found != kHandlers.end());
  Answer answer = found->handle(call);
  if (!answer) return error_answer(answer.error());
  return answer->empty() ? empty_answer() : json_answer(std::move(*answer));
}

/// Remembers the last answers to frequent reads. An answer is a function of the request and of what readers can see, so
/// it stays right until that changes; pollers then cost one comparison instead of a rendered list.
class AnswerCache {
 public:
  /// The remembered answer, or nullptr.
  const syncer::HttpResponse* find(const Registry& registry, Operation operation, const syncer::HttpRequest& request);
  /// `registry` and `request` as in the find() before.
  void remember(const Registry& registry, Operation operation, const syncer::HttpRequest& request,
                const syncer::HttpResponse& answer);
  static bool is_cached(Operation operation);

 private:
  struct Slot {
    std::uint64_t stamp = 0;
    bool is_used = false;
    syncer::HttpRequest request;
    syncer::HttpResponse answer;
  };
  static constexpr std::size_t kSlots = 64;
  static constexpr std::size_t kMaxBody = 1 << 20;
  Slot& slot_of(const syncer::HttpRequest& request);
  std::array<Slot, kSlots> slots_;
};

std::uint64_t stamp_of(const Registry& registry, Operation operation) {
  return operation == Operation::ListServices ? registry.service_changes() : registry.visible_changes();
}

InstanceView view_of(const InstanceRecord& instance) {
  const Tenant& tenant = *instance.service->tenant;
  return {tenant.domain, tenant.project, instance.service->data, instance.data(), instance.deadline};
}

bool needs_no_domain(Operation operation) {
  return operation == Operation::Health || operation == Operation::Version || operation == Operation::RootHealth ||
         operation == Operation::RootVersion;
}

/// The tenant's domain as the request names it; nothing when the release insists on one.
std::optional<std::string_view> domain_of(const syncer::HttpRequest& request, Operation operation, Release release) {
  const std::string* old_name = is_v3(request.target) ? request.headers.find("X-Tenant-Name") : nullptr;
  const std::string* domain = old_name != nullptr ? old_name : request.headers.find("X-Domain-Name");
  if (domain != nullptr && !domain->empty()) return *domain;
  const bool is_needed = release == Release::V1_3_0 && !is_v3(request.target) && !needs_no_domain(operation);
  return is_needed ? std::nullopt : std::optional<std::string_view>("default");
}

syncer::HttpResponse respond(Registry& registry, BodyMemos& memos, syncer::Instant now, const Route& route,
                             const syncer::HttpRequest& request, std::string_view client, const ReadFault& fault) {
  const Release release = registry.options().release;
  const auto domain = domain_of(request, route.operation, release);
  if (!domain) return text_answer(400, "Header does not contain domain.");
  if (request.body.size() > body_limit(route.operation, release)) {
    return too_large_answer(request.body.size(), release);
  }
  const auto mark = request.target.find('?');
  const Query query(mark == std::string::npos ? std::string_view() : std::string_view(request.target).substr(mark + 1));
  Call call{
      registry, registry.tenant_or_empty(*domain, route.project), now, *domain, route, request, query, client, fault,
      memos};
  return dispatch(call);
}

bool AnswerCache::is_cached(Operation operation) {
  return operation == Operation::ListServices || operation == Operation::ListInstances ||
         operation == Operation::Find || operation == Operation::BatchFind;
}

AnswerCache::Slot& AnswerCache::slot_of(const syncer::HttpRequest& request) {
  return slots_[syncer::hash64(request.body, syncer::hash64(request.target)) % kSlots];
}

const syncer::HttpResponse* AnswerCache::find(const Registry& registry, Operation operation,
                                              const syncer::HttpRequest& request) {
  const Slot& slot = slot_of(request);
  const bool fits = slot.is_used && slot.stamp == stamp_of(registry, operation) && slot.request == request;
  return fits ? &slot.answer : nullptr;
}

void AnswerCache::remember(const Registry& registry, Operation operation, const syncer::HttpRequest& request,
                           const syncer::HttpResponse& answer) {
  if (answer.body.size() + request.body.size() > kMaxBody) return;
  slot_of(request) = Slot{stamp_of(registry, operation), true, request, answer};
}

}  // namespace

struct Model::Impl {
  Impl(ModelOptions options, syncer::Random random)
      : registry(std::move(options), random), accounts(registry.options()) {
    registry.set_cache_listener([this](const CacheEvent& event) { watches.on_event(registry, event); });
  }
  Registry registry;
  Accounts accounts;
  bool is_trusting = false;  ///< callers need no token
  AnswerCache cache;
  BodyMemos memos;
  Watches watches;

  /// What access control answers in a call's place: a login, or a refusal.
  std::optional<syncer::HttpResponse> check(syncer::Instant now, Operation operation,
                                            const syncer::HttpRequest& request, std::string_view client) {
    if (request.method == "OPTIONS" || !accounts.is_on()) return std::nullopt;
    auto answer = is_trusting ? std::nullopt : accounts.refusal(now, operation, request);
    if (operation == Operation::Token) answer = accounts.log_in(now, request, client);
    if (answer) finish(request, operation, *answer, registry.options().release);
    return answer;
  }
};

Model::Model(ModelOptions options, syncer::Random random) : impl_(std::make_unique<Impl>(std::move(options), random)) {}
Model::~Model() = default;
Model::Model(Model&&) noexcept = default;
Model& Model::operator=(Model&&) noexcept = default;

const ModelOptions& Model::options() const { return impl_->registry.options(); }

syncer::HttpResponse Model::handle(syncer::Instant now, std::size_t frontend, const syncer::HttpRequest& request,
                                   std::string_view client) {
  return handle(now, frontend, request, client, ReadFault{});
}

syncer::HttpResponse Model::handle_surely(syncer::Instant now, std::size_t frontend, const syncer::HttpRequest& request,
                                          std::string_view client) {
  impl_->registry.set_lossless(true);
  impl_->is_trusting = true;
  syncer::HttpResponse answer = handle(now, frontend, request, client);
  impl_->is_trusting = false;
  impl_->registry.set_lossless(false);
  return answer;
}

syncer::HttpResponse Model::handle(syncer::Instant now, std::size_t /*frontend*/, const syncer::HttpRequest& request,
                                   std::string_view client, const ReadFault& fault) {
  Registry& registry = impl_->registry;
  const Release release = registry.options().release;
  registry.advance(now);
  if (auto redirect = check_path(request)) return *redirect;
  const auto path = std::string_view(request.target).substr(0, request.target.find('?'));
  Route found = route(request.method, path, release);
  if (path == "/v4/token" && !impl_->accounts.is_on()) found = Route{};
  if (auto refusal = impl_->check(now, found.operation, request, client)) return *refusal;
  const bool is_cached = fault.is_none() && AnswerCache::is_cached(found.operation);
  if (is_cached) {
    if (const auto* known = impl_->cache.find(registry, found.operation, request)) return *known;
  }
  const bool is_bad = is_bad_uri(request.target);
  syncer::HttpResponse answer;
  if (request.method == "OPTIONS") {
    answer = preflight_answer(request, release);
  } else {
    const bool is_run = found.operation != Operation::Unknown && (!is_bad || release >= Release::V2_0_0);
    answer = is_run ? respond(registry, impl_->memos, now, found, request, client, fault) : unrouted_answer(found);
    if (answer.status == kNeverAnswered) return answer;
    finish(request, found.operation, answer, release);
  }
  if (is_bad) answer = bad_uri_answer(request.target, answer.body, release);
  if (is_cached) impl_->cache.remember(registry, found.operation, request, answer);
  return answer;
}

std::optional<SocketTarget> Model::socket_target(const syncer::HttpRequest& request) const {
  const Release release = impl_->registry.options().release;
  const Route found =
      route(request.method, std::string_view(request.target).substr(0, request.target.find('?')), release);
  const bool is_socket = found.operation == Operation::Watch || found.operation == Operation::HeartbeatSocket;
  const auto domain = domain_of(request, found.operation, release);
  if (!is_socket || !domain) return std::nullopt;
  return SocketTarget{std::string(*domain), found.project, found.id, found.item};
}

bool Model::has_service(const SocketTarget& target) const {
  Tenant& tenant = impl_->registry.tenant_or_empty(target.domain, target.project);
  return Registry::find_service(tenant, target.service_id) != nullptr;
}

WatchId Model::open_watch(const SocketTarget& target) {
  return impl_->watches.open(target.domain + "/" + target.project, target.service_id);
}

std::vector<std::string> Model::take_events(WatchId id) { return impl_->watches.take(id); }
void Model::close_watch(WatchId id) { impl_->watches.close(id); }

syncer::Instant Model::next_deadline() const { return impl_->registry.next_deadline(); }
void Model::advance(syncer::Instant now) { impl_->registry.advance(now); }
void Model::set_listener(ChangeListener listener) { impl_->registry.set_listener(std::move(listener)); }
std::string Model::token(std::string_view account, syncer::Instant end) const {
  return impl_->accounts.token(account, end);
}
std::uint64_t Model::writes() const { return impl_->registry.writes(); }
std::uint64_t Model::visible_changes() const { return impl_->registry.visible_changes(); }
void Model::lose_data(syncer::Instant now) { impl_->registry.clear(now); }
void Model::freeze_leases(bool frozen) { impl_->registry.freeze_leases(frozen); }
void Model::restart_leases(syncer::Instant now) { impl_->registry.restart_leases(now); }
void Model::set_frontend_up(syncer::Instant now, std::size_t frontend, bool is_up) {
  mocksc::set_frontend_up(impl_->registry, frontend, is_up, now);
}
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
      if (instance != service->instances.end()) found.push_back(instance->second.get());
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
  hasher.add(registry.visible_changes());
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
  });
}

}  // namespace mocksc
