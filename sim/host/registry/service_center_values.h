// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "mocksc/servicecenter/fault/faulty_frontend.h"
#include "sim/host/options.h"
#include "sim/host/registry/registry.h"

namespace sim::host {

// The simulator's neutral words for what the mock of the service center calls by its own, and the way back.

RegistryInstance neutral(const mocksc::Service& service, const mocksc::Instance& instance);
RegistryChangeKind kind_of(mocksc::ChangeKind kind);
/// The release that a spec asks for.
syncer::Result<mocksc::Release> release_of(const RegistrySpec& spec);
/// The mock that follows a checked spec.
mocksc::ModelOptions options_of(const RegistrySpec& spec);
/// A lease is interval × (misses + 1), with an interval of whole seconds: as many beats as divide it, at most four.
struct Beats {
  syncer::Duration interval;
  std::int32_t misses = 0;
};
Beats beats_of(syncer::Duration lease);
/// What an application says to have its service, and itself under that id.
std::string service_body(const AppInstance& app);
std::string instance_body(const AppInstance& app, const std::string& id);

}  // namespace sim::host
