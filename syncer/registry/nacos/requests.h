// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "syncer/base/http_message.h"
#include "syncer/registry/nacos/copy.h"
#include "syncer/registry/nacos/names.h"

/// The calls of the naming API. v1 works in every release where it is used here: its parameters go into the query.
namespace syncer::registry::nacos {

/// The request line that Tomcat takes, less than its limit of 8 KiB for all headers.
inline constexpr std::size_t kMaxTarget = 7 * 1024;
/// Services on one page of the catalog: all of them in 1.x and 2.x, whose pages shift or skip; the most that 3.x gives.
inline constexpr std::size_t kWholeCatalog = 100'000;
inline constexpr std::size_t kAdminPage = 500;

HttpRequest get_release(bool is_third);
HttpRequest get_catalog(const std::string& space);
/// The catalog's count, which the whole catalog lacks.
HttpRequest get_catalog_count(const std::string& space);
HttpRequest get_admin_page(const std::string& space, std::size_t page);
HttpRequest get_names();
HttpRequest get_instance(const Service& service, const Address& address);
HttpRequest post_instance(const Registration& registration);
HttpRequest delete_instance(const Service& service, const Address& address);
HttpRequest put_beat(const Service& service, const Address& address);
HttpRequest post_login(const std::string& user, const std::string& password);

}  // namespace syncer::registry::nacos
