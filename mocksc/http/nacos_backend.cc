// SPDX-License-Identifier: Apache-2.0
#include "mocksc/http/nacos_backend.h"

#include "mocksc/http/layer_backend.h"
#include "mocksc/nacos/server/servers.h"
#include "mocksc/nacos/store/settings.h"

namespace mocksc {

syncer::Result<std::unique_ptr<Backend>> make_nacos_backend(ServerOptions options) {
  nacos::Options read;
  if (!options.release.empty()) {
    auto release = nacos::parse_release(options.release);
    if (!release) {
      release.error().where = "--release";
      return tl::unexpected(release.error());
    }
    read.release = *release;
  }
  if (const auto done = nacos::apply(options.settings, read); !done) return tl::unexpected(done.error());
  if (!options.listen.empty()) {
    read.ip = options.listen.front().host();
    read.port = options.listen.front().port;
  }
  read.wall_at_zero = options.clock ? options.model.wall_at_zero : wall_at_zero(options);
  return make_layer_backend(options, nacos::make_servers(read, options.listen.size()));
}

}  // namespace mocksc
