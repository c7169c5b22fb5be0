// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "tests/support/eventually.h"
#include "tests/support/process.h"
#include "tests/support/service_center.h"

namespace e2e {

using std::chrono::seconds;
using test::eventually;
using test::Process;
using test::ServiceCenter;

std::string syncer_program();
std::string mocksc_program();

/// A directory for all state of one test, gone with its owner.
class Workplace {
 public:
  Workplace();
  ~Workplace();
  Workplace(const Workplace&) = delete;
  Workplace& operator=(const Workplace&) = delete;
  const std::string& path() const { return path_; }
  /// Environment that keeps default data directories in here.
  std::vector<std::string> environment() const { return {"XDG_STATE_HOME=" + path_}; }

 private:
  std::string path_;
};

/// A running mock service center.
struct Registry {
  /// On a port of the system's choice, or on the addresses given; `flags` are added to its command line, `prefix`
  /// stands before it.
  explicit Registry(const std::vector<std::string>& listen = {"127.0.0.1:0"},
                    const std::vector<std::string>& flags = {}, const std::vector<std::string>& prefix = {});
  Process process;
  std::vector<std::string> origins;
  ServiceCenter sc;
};

/// A running syncer with what its ready line says.
struct Syncer {
  /// Starts `syncer daemon` with these words and waits until it is ready; fails the test when it does not get there.
  /// `prefix` stands before the command line.
  Syncer(const Workplace& workplace, const std::vector<std::string>& words,
         const std::vector<std::string>& environment = {}, const std::vector<std::string>& prefix = {});
  /// The value of a field of GET /v1/status, as JSON text; empty when nobody answers. Path as JSON pointer.
  std::string status(const std::string& pointer) const;
  Process process;
  std::string node;
  std::string gossip;
  std::string rpc;
  std::string admin;    ///< "unix:PATH", for --admin
  std::string metrics;  ///< address of the read-only listener
};

/// Words for a syncer named `node` on free loopback ports.
std::vector<std::string> words(const std::string& node, const std::string& registry, const std::string& join = "");

/// One region: a service center and its syncer.
struct Region {
  Region(const Workplace& workplace, const std::string& name, const std::string& join = "")
      : registry(), syncer(workplace, words(name, registry.sc.origin(), join)) {}
  Registry registry;
  Syncer syncer;
};

/// Registers one instance and gives its endpoint.
struct Registered {
  Registered(const ServiceCenter& center, const std::string& name, const std::string& endpoint_text)
      : sc(center),
        service(sc.register_service(name)),
        id(sc.register_instance(service, endpoint_text)),
        service_name(name),
        endpoint(endpoint_text) {}
  bool remove() const { return sc.remove_instance(service, id); }
  /// Whether the other service center answers with it.
  bool visible_in(const ServiceCenter& other) const { return other.endpoints(service_name).count(endpoint) == 1; }
  ServiceCenter sc;
  std::string service;
  std::string id;
  std::string service_name;
  std::string endpoint;
};

}  // namespace e2e
