// SPDX-License-Identifier: Apache-2.0
#include "sim/host/registry/service_center_values.h"

#include <utility>

#include "mocksc/servicecenter/store/records.h"
#include "sim/host/process/machine.h"
#include "syncer/registry/settings.h"

namespace sim::host {
namespace {

constexpr std::string_view kMarkPrefix = "syncer.";

std::string text_of(const mocksc::Properties& properties, const std::string& key) {
  const auto found = properties.find(key);
  return found == properties.end() ? std::string() : found->second;
}

std::optional<CopyMark> mark_in(const mocksc::Properties& properties) {
  CopyMark mark{text_of(properties, "syncer.region"), text_of(properties, "syncer.instance"), {}};
  if (mark.region.empty()) return std::nullopt;
  mark.epoch = syncer::parse_epoch(text_of(properties, "syncer.epoch")).value_or(syncer::Epoch{});
  return mark;
}

}  // namespace

RegistryInstance neutral(const mocksc::Service& service, const mocksc::Instance& instance) {
  RegistryInstance out;
  out.service = service_text(service.environment, service.app_id, service.service_name, service.version);
  out.id = instance.instance_id;
  out.endpoints = instance.endpoints;
  out.status = instance.status;
  out.host = instance.host_name;
  if (const auto& check = instance.health_check) out.lease = std::chrono::seconds(check->interval) * (check->times + 1);
  out.mark = mark_in(instance.properties);
  out.internal = !out.mark && syncer::registry::RegistrySettings{}.excludes(service.service_name);
  for (const auto& [key, value] : instance.properties) {
    if (!key.starts_with(kMarkPrefix)) out.properties.emplace(key, value);
  }
  return out;
}

RegistryChangeKind kind_of(mocksc::ChangeKind kind) {
  switch (kind) {
    case mocksc::ChangeKind::InstanceRegistered:
      return RegistryChangeKind::InstanceRegistered;
    case mocksc::ChangeKind::InstanceUnregistered:
      return RegistryChangeKind::InstanceUnregistered;
    case mocksc::ChangeKind::InstanceExpired:
      return RegistryChangeKind::InstanceExpired;
    case mocksc::ChangeKind::StatusChanged:
    case mocksc::ChangeKind::PropertiesChanged:
    case mocksc::ChangeKind::ContentRestored:
      return RegistryChangeKind::InstanceChanged;
    case mocksc::ChangeKind::InstanceLost:
      return RegistryChangeKind::InstanceLost;
    case mocksc::ChangeKind::InstanceRestored:
      return RegistryChangeKind::InstanceRestored;
    default:
      return RegistryChangeKind::Other;
  }
}

syncer::Result<mocksc::Release> release_of(const RegistrySpec& spec) {
  return mocksc::parse_release(spec.version.empty() ? "2.2.0" : spec.version);
}

mocksc::ModelOptions options_of(const RegistrySpec& spec) {
  mocksc::ModelOptions options;
  options.release = release_of(spec).value();
  options.wall_at_zero = kWallAtZero;
  if (spec.min_lease) options.min_interval = *spec.min_lease / (options.min_times + 1);
  if (!spec.lags) options.lags = mocksc::Lags::none();
  if (spec.tokens) {
    options.accounts = {{kAccount, kPassword}};
    options.token_life = *spec.tokens;
  }
  if (spec.delete_visibility) options.delete_visibility = *spec.delete_visibility;
  for (std::uint32_t k = 0; k < spec.front_ends; ++k) {
    options.frontends.push_back("rest://" + spec.name + "-" + std::to_string(k) + ":30100/");
  }
  return options;
}

Beats beats_of(syncer::Duration lease) {
  std::int32_t beats = 4;
  while (beats > 1 && lease % (beats * std::chrono::seconds(1)) != syncer::Duration::zero()) --beats;
  return {lease / beats, beats - 1};
}

std::string service_body(const AppInstance& app) {
  mocksc::Service service;
  service.environment = app.environment;
  service.app_id = app.app;
  service.service_name = app.service;
  service.version = app.version;
  service.status = "UP";
  return "{\"service\":" + mocksc::render(service) + "}";
}

std::string instance_body(const AppInstance& app, const std::string& id) {
  const Beats beats = beats_of(app.lease);
  const auto interval = std::chrono::duration_cast<std::chrono::seconds>(beats.interval).count();
  mocksc::Instance instance;
  instance.instance_id = id;
  instance.host_name = app.name;
  instance.endpoints = app.endpoints;
  instance.status = app.status;
  instance.properties = app.properties;
  instance.health_check = {"push", 0, static_cast<std::int32_t>(interval), beats.misses, ""};
  instance.version = app.version;
  return "{\"instance\":" + mocksc::render(instance) + "}";
}

}  // namespace sim::host
