// SPDX-License-Identifier: Apache-2.0
#include "mocksc/servicecenter/store/service_id.h"

#include "syncer/base/hash.h"

namespace mocksc {

std::string index_key(std::string_view domain, std::string_view project, const Service& service) {
  std::string key = "/cse-sr/ms/indexes";
  for (const std::string_view part :
       {domain, project, std::string_view(service.environment), std::string_view(service.app_id),
        std::string_view(service.service_name), std::string_view(service.version)}) {
    key += '/';
    key += part;
  }
  return key;
}

std::string derive_service_id(std::string_view domain, std::string_view project, const Service& service) {
  return syncer::sha1_hex(index_key(domain, project, service));
}

}  // namespace mocksc
