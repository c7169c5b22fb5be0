// SPDX-License-Identifier: Apache-2.0
#include "mocksc/servicecenter/api/instance_calls.h"

#include <algorithm>
#include <limits>

#include "mocksc/servicecenter/api/body.h"
#include "mocksc/servicecenter/json/go_json.h"
#include "mocksc/servicecenter/store/validation.h"

namespace mocksc {
namespace {

using syncer::Duration;

constexpr Duration kShortestLease = std::chrono::seconds(2);
constexpr std::int64_t kMaxTtlSeconds = std::numeric_limits<std::int32_t>::max();

std::optional<ApiError> check_instance_quota(const Call& call) {
  const std::size_t max = call.registry.options().quotas.instances;
  const std::size_t current = call.tenant.instance_count;
  if (current < max) return std::nullopt;
  return ApiError{kNotEnoughQuota, "no quota to create INSTANCE, max num is " + std::to_string(max) + ", curNum is " +
                                       std::to_string(current) + ", apply num is 1"};
}

/// Brings the health check into its stored form.
void settle_health_check(const Call& call, Instance& instance) {
  if (!instance.health_check) instance.health_check = HealthCheck{"push", 0, 30, 3, ""};
  HealthCheck& check = *instance.health_check;
  if (check.mode == "pull") {
    check.interval = 30;
    check.times = 3;
  } else if (!call.before(Release::V2_1_0)) {
    const auto least = std::chrono::duration_cast<std::chrono::seconds>(call.registry.options().min_interval).count();
    check.interval = std::max(check.interval, static_cast<std::int32_t>(least));
    check.times = std::max(check.times, call.registry.options().min_times);
  }
}

/// Life of the lease: interval x (times + 1) seconds, unless it is set for all. What overflows there, old releases
/// refuse; newer ones ask etcd for a negative time and get its shortest.
ApiResult<Duration> lease_ttl(const Call& call, const HealthCheck& check) {
  const std::int64_t seconds = std::int64_t{check.interval} * (std::int64_t{check.times} + 1);
  const bool is_in_range = seconds > 0 && seconds <= kMaxTtlSeconds;
  if (!is_in_range && call.before(Release::V2_1_0)) {
    return refuse(kInvalidParams, "Invalid 'healthCheck' settings in request body.");
  }
  if (call.registry.options().ttl_override > Duration::zero()) return call.registry.options().ttl_override;
  return is_in_range ? Duration(std::chrono::seconds(seconds)) : kShortestLease;
}

std::optional<ApiError> check_keys(std::string_view structure, const Route& route) {
  return Check(structure)
      .text("ServiceId", route.id, rules::kServiceId)
      .text("InstanceId", route.item, rules::kInstanceId)
      .failure();
}

bool contains_all(const Properties& have, const Properties& wanted) {
  return std::all_of(wanted.begin(), wanted.end(), [&](const auto& pair) {
    const auto found = have.find(pair.first);
    return found != have.end() && found->second == pair.second;
  });
}

using HeartbeatKeys = std::vector<std::optional<InstanceKey>>;

/// Sorted and each key once; an element that was null comes first.
ApiResult<HeartbeatKeys> distinct_keys(std::string_view body) {
  auto keys = decode_heartbeats(body);
  if (!keys) return keys;
  std::sort(keys->begin(), keys->end());
  keys->erase(std::unique(keys->begin(), keys->end()), keys->end());
  return keys;
}

std::string no_lease(const Call& call) {
  return call.before(Release::V1_4_8) ? "leaseId not exist, instance not exist."
                                      : "leaseId not exist, instance not exist";
}

constexpr std::string_view kNoLeaseId = "Instance's leaseId not exist.";

/// Renews a lease; false when the answer is that there is none.
bool beat(const Call& call, std::string_view service_id, std::string_view instance_id) {
  InstanceRecord* instance = Registry::find_instance(call.tenant, service_id, instance_id);
  if (instance == nullptr) return false;
  Registry::renew(*instance, call.now);
  return call.now >= instance->deaf_until;
}

/// The instance that a change is for. One that only readers still see has no lease.
ApiResult<InstanceRecord*> require_instance(const Call& call, const std::string& service_id, const std::string& id) {
  InstanceRecord* instance = Registry::find_instance(call.tenant, service_id, id);
  if (instance != nullptr) return instance;
  const ServiceRecord* service = Registry::find_service(call.tenant, service_id);
  const bool is_cached = service != nullptr && service->cached->find(id) != nullptr;
  return refuse(kInstanceNotExists, is_cached ? std::string(kNoLeaseId) : "Service instance does not exist.");
}

}  // namespace

ApiResult<std::string> register_one(Call& call, Instance instance) {
  const bool allows_negative = call.before(Release::V1_4_8);
  if (const auto failure = check_instance(instance, allows_negative)) return tl::unexpected(*failure);
  if (const auto failure = check_instance_quota(call)) return tl::unexpected(*failure);
  ServiceRecord* service = Registry::find_service(call.tenant, instance.service_id);
  if (service == nullptr) {
    const std::string_view word = call.before(Release::V1_4_8) ? "serviceId" : "serviceID";
    return refuse(kServiceNotExists, "Invalid '" + std::string(word) + "' in request body.");
  }
  if (InstanceRecord* live = Registry::find_instance(call.tenant, instance.service_id, instance.instance_id)) {
    Registry::renew(*live, call.now);
    return live->data().instance_id;
  }
  settle_health_check(call, instance);
  const auto ttl = lease_ttl(call, *instance.health_check);
  if (!ttl) return tl::unexpected(ttl.error());
  if (instance.status.empty()) instance.status = "UP";
  if (instance.instance_id.empty()) instance.instance_id = call.registry.new_id();
  instance.version = service->data.version;
  instance.timestamp = instance.mod_timestamp = call.registry.timestamp(call.now);
  std::string id = instance.instance_id;
  // Even one that gets lost is answered well.
  call.registry.add_instance(*service, std::move(instance), *ttl, call.now, call.client);
  return id;
}

Answer register_instance(Call& call) {
  auto instance = decode_register_instance(call.request.body);
  if (!instance) return tl::unexpected(instance.error());
  const Check check = Check("RegisterInstanceRequest").present("Instance", instance->has_value());
  if (check.failure()) return tl::unexpected(*check.failure());
  (*instance)->service_id = call.route.id;
  const auto id = register_one(call, std::move(**instance));
  if (!id) return tl::unexpected(id.error());
  std::string out;
  JsonWriter writer(out);
  writer.open_object();
  writer.text("instanceId", *id);
  writer.close_object();
  return out;
}

Answer unregister_instance(Call& call) {
  if (const auto failure = check_keys("UnregisterInstanceRequest", call.route)) return tl::unexpected(*failure);
  InstanceRecord* instance = Registry::find_instance(call.tenant, call.route.id, call.route.item);
  if (instance == nullptr) return refuse(kInstanceNotExists, std::string(kNoLeaseId));
  call.registry.end_lease(*instance, ChangeKind::InstanceUnregistered, call.now, call.client);
  return std::string();
}

Answer heartbeat(Call& call) {
  if (const auto failure = check_keys("HeartbeatRequest", call.route)) return tl::unexpected(*failure);
  if (!beat(call, call.route.id, call.route.item)) return refuse(kInstanceNotExists, no_lease(call));
  return std::string();
}

syncer::HttpResponse heartbeat_set(Call& call) {
  const auto read = call.memos.heartbeats.read(call.request.body, distinct_keys);
  if (!read) return error_answer(read.error());
  const HeartbeatKeys& keys = **read;
  if (keys.empty()) return error_answer({kInvalidParams, "Request format invalid."});
  if (!keys.front()) return panic_answer(call);
  const std::string failure = to_text({kInstanceNotExists, no_lease(call)});
  std::string out;
  JsonWriter writer(out);
  writer.open_object();
  writer.open_array("instances");
  bool all_renewed = true;
  for (const auto& key : keys) {
    const bool is_renewed = beat(call, key->service_id, key->instance_id);
    all_renewed = all_renewed && is_renewed;
    writer.open_object();
    writer.text("serviceId", key->service_id);
    writer.text("instanceId", key->instance_id);
    if (!is_renewed) writer.text("errMessage", failure);
    writer.close_object();
  }
  writer.close_array();
  writer.close_object();
  if (!call.before(Release::V2_1_0)) return json_answer(std::move(out));
  return all_renewed ? empty_answer() : error_answer({kInstanceNotExists, "Heartbeat set failed."});
}

syncer::HttpResponse socket_without_upgrade(Call& /*call*/) {
  syncer::HttpResponse answer = text_answer(400, "Bad Request\n");
  answer.headers.add("Sec-Websocket-Version", "13");
  return answer;
}

Answer put_status(Call& call) {
  const std::string_view status = call.query.get("value");
  const auto failure = Check("UpdateInstanceStatusRequest")
                           .text("ServiceId", call.route.id, rules::kServiceId)
                           .text("InstanceId", call.route.item, rules::kInstanceId)
                           .text("Status", status, rules::kUpdateStatus)
                           .failure();
  if (failure) return tl::unexpected(*failure);
  const auto instance = require_instance(call, call.route.id, call.route.item);
  if (!instance) return tl::unexpected(instance.error());
  Instance changed = call.registry.before_change(**instance);
  changed.status = status;
  changed.mod_timestamp = call.registry.timestamp(call.now);
  call.registry.change_instance(**instance, std::move(changed), ChangeKind::StatusChanged, call.now, call.client);
  return std::string();
}

Answer put_instance_properties(Call& call) {
  auto body = decode_instance_properties(call.request.body);
  if (!body) return tl::unexpected(body.error());
  Route keys = call.route;
  if (!body->service_id.empty()) keys.id = body->service_id;
  if (!body->instance_id.empty()) keys.item = body->instance_id;
  if (const auto failure = check_keys("UpdateInstancePropsRequest", keys)) return tl::unexpected(*failure);
  const auto instance = require_instance(call, keys.id, keys.item);
  if (!instance) return tl::unexpected(instance.error());
  Instance changed = call.registry.before_change(**instance);
  changed.properties = std::move(body->properties);
  changed.mod_timestamp = call.registry.timestamp(call.now);
  call.registry.change_instance(**instance, std::move(changed), ChangeKind::PropertiesChanged, call.now, call.client);
  return std::string();
}

Answer bulk_status(Call& call) {
  const auto body = decode_bulk_status(call.request.body);
  if (!body) return tl::unexpected(body.error());
  for (auto& [service_id, service] : call.tenant.services) {
    for (auto& [id, instance] : service->instances) {
      Instance changed = call.registry.before_change(*instance);
      if (!contains_all(changed.properties, body->matches)) continue;
      changed.status = body->status;
      call.registry.change_instance(*instance, std::move(changed), ChangeKind::StatusChanged, call.now, call.client);
    }
  }
  return std::string();
}

}  // namespace mocksc
