// SPDX-License-Identifier: Apache-2.0
#include "mocksc/http/eureka_backend.h"

#include "mocksc/eureka/server.h"
#include "mocksc/http/layer_backend.h"

namespace mocksc {

syncer::Result<std::unique_ptr<Backend>> make_eureka_backend(ServerOptions options) {
  if (!options.release.empty() && options.release != "4.1.3" && options.release != "2.0.3") {
    return syncer::failure(syncer::ErrorCode::Invalid, "--release", "a Eureka server is 4.1.3 or 2.0.3");
  }
  if (options.release == "2.0.3")
    options.settings.insert(options.settings.begin(), {"eureka.server.wait-time-in-ms-when-sync-empty", "300000"});
  auto read = eureka::options_of(options.settings);
  if (!read) return tl::unexpected(read.error());
  read->peers = options.listen.size();
  read->wall_at_zero = options.clock ? options.model.wall_at_zero : wall_at_zero(options);
  return make_layer_backend(options, eureka::make_servers(*read, syncer::Random(options.seed).stream("model")));
}

}  // namespace mocksc
