// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "syncer/base/result.h"
#include "syncer/registry/calls.h"
#include "syncer/registry/driver.h"
#include "syncer/registry/login.h"
#include "syncer/registry/nacos/names.h"

namespace syncer::registry::nacos {

/// An instance as a server shows it.
struct Shown {
  Service service;
  Address address;
  std::string weight = "1";  ///< the shortest text of the number
  bool enabled = true;
  bool healthy = true;
  Metadata metadata;
};

/// One answer about all services of a space, or a page of it.
struct CatalogPage {
  std::size_t services = 0;  ///< that it shows, those without instances too
  std::vector<Shown> instances;
  std::size_t total = 0;  ///< services on all pages, where the answer tells
  std::size_t pages = 1;
};

// What answers say. Anything that is not exactly as expected is an error that says nothing about the registry's
// content: Unreachable or Timeout (no answer, 5xx, not UP), Corrupt, Refused (4xx), TooLarge, Unsupported (no such call
// in this release), NotFound only for the texts that are known to mean it.

/// A write that answers "ok".
Result<void> read_ok(const RawAnswer& raw);
/// The first number of the server's release; Unsupported where it was moved.
Result<std::uint32_t> read_release(const RawAnswer& raw);
/// How many services a space has, from the catalog without instances.
Result<std::size_t> read_count(const RawAnswer& raw);
/// The catalog of 1.x and 2.x.
Result<CatalogPage> read_catalog(const RawAnswer& raw, const std::string& space);
/// The catalog of 3.x.
Result<CatalogPage> read_admin_page(const RawAnswer& raw, const std::string& space);
/// The call for one instance says that it is not there, in a 1.x server by an error of its own making.
bool says_absent(const HttpResponse& answer);
/// The call for one instance.
Result<Shown> read_instance(const RawAnswer& raw, const Service& service);
/// What a light beat came to.
Beat read_beat(const RawAnswer& raw);

/// What a login gives. Refused when user and password are not accepted.
Result<LoginToken> read_token(const RawAnswer& raw);

/// The list of names that every release has: what a Nacos server is known by.
bool is_name_list(const HttpResponse& answer);

}  // namespace syncer::registry::nacos
